"""Japanese words of computer science, each with beginnings of the English words it translates.

Only words that tell papers apart are here: `手法` or `性能` are said of any paper. A `_` stands for a space.
"""

from __future__ import annotations

import re

_LINES = """
強化学習 reinforcement rl policy reward grpo ppo
教師あり supervis sft label
教師なし unsupervis self-supervis unlabel
自己教師 self-supervis contrast unlabel
転移学習 transfer adapt pretrain
連合学習 federat
継続学習 continual lifelong continu incremental forget
事前学習 pre-train pretrain foundation
事後学習 post-train posttrain fine-tun finetun
対照学習 contrast
模倣学習 imitat demonstrat cloning
能動学習 active
少数例 few-shot in-context demonstrat
深層学習 deep neural
機械学習 machine_learn learn
微調整 fine-tun finetun tun adapt sft
蒸留 distil teacher student
量子化 quantiz quantis bit int4 int8 fp
枝刈り prun spars
剪定 prun
疎 spars sparc
圧縮 compress prun quantiz reduc compact
言語モデル language_model llm gpt text
基盤モデル foundation pretrain pre-train large
大規模言語 language_model llm language
推論 reason infer think thought speed latenc logic deduc
思考 think thought reason cot reflect
連鎖 chain
検索 retriev search rag quer
生成 generat synthes produc creat diffus
要約 summar abstract
翻訳 translat multilingual language
対話 dialog convers chat interact turn
会話 convers dialog chat speech
質問応答 question qa answer
質問 question quer ask
回答 answer respon
応答 respon answer repl react
感情 emotion sentiment affect
固有表現 entit
文書 document text
文章 text writ passage document sentence
要件 requirement
文脈 context
長文 long context document
単語 word token lexic
語彙 vocabul lexic token
構文 syntax syntact pars grammar
意味 semantic mean sens
多言語 multilingual language cross-lingual lingual
低リソース low-resource resource
画像 image vis pictur photo pixel
映像 video vis
動画 video vis film
音声 speech audio voice spoken vocal acoustic speak sound
音響 acoustic audio sound
音楽 music audio song
視覚 vis image perce
視線 gaze eye
視点 view perspect viewpoint
顔 face facial
人物 human person people portrait character identit
手書き handwrit
文字 character letter text glyph ocr kuzushiji
物体 object detect
検出 detect discover identif recogn
検知 detect
領域分割 segment
分割 segment split partition divid decompos
追跡 track trac
認識 recogn perce detect aware
分類 classif categor taxonom class
姿勢 pose posture
動作 motion action movement behavi gestur operat
行動 action behavi act
歩行 walk gait locomot pedestrian
三次元 3d three-dimension geometr point_cloud mesh volum gaussian scene
3次元 3d three-dimension geometr point_cloud mesh volum gaussian scene
点群 point_cloud lidar 3d
再構成 reconstruct restor recover recompos
復元 restor reconstruct recover denois
超解像 super-resol resol upscal
解像度 resol
奥行き depth
深度 depth
拡散 diffus denois dit spread propag
敵対的 adversar attack gan
自己回帰 autoregress auto-regress
潜在 latent hidden implicit potential
埋め込み embed represent
注意 attent
表現 represent express embed
特徴 featur character
編集 edit modif
合成 synthe compos generat blend
照明 light illumin relight
質感 textur material
色 colo
形状 shape geometr
衛星 satellite remote_sens earth
リモートセンシング remote_sens satellite
地理 geograph geospat spatial
地図 map
空間 spa
時間的 tempor time
時空間 spatio tempor
時系列 time_ser tempor forecast sequen
予測 predict forecast anticip estimat
推定 estimat infer predict
異常 anomal abnorm outlier fault
因果 causal cause
確率 probab stochast bayes random distribut likelihood
統計 statist
最適化 optim
最適 optim best
勾配 gradient
損失 loss
収束 converg
正則化 regular penalt
不確実性 uncertain confiden calibrat bayes
較正 calibrat
校正 calibrat correct proofread
近似 approxim
複雑性 complex
計算量 complex comput
理論 theor
証明 proof prov theorem formal verif
定理 theorem proof prov
数学 math theorem olympiad
方程式 equation pde ode
微分 differenti gradient
行列 matri low-rank
幾何 geometr
位相 topolog phase
グラフ graph network node edge
木構造 tree hierarch
探索 search explor
計画 plan schedul
経路 path rout traject trajector navigat
軌跡 traject track path
軌道 traject orbit path
制御 control steer govern
操作 manipul operat control interact
把持 grasp manipul
自律 autonom agent
自動運転 driv vehicle autonom
運転 driv vehicle
車両 vehicle car driv traffic
交通 traffic transport mobil vehicle
無人機 drone uav unmanned aerial
ロボット robot embod manipul
身体 embod body bod
触覚 tactile touch haptic
歩容 gait
医療 medic clinic health patient hospital diagnos
医学 medic clinic health
臨床 clinic patient medic
診断 diagnos detect
患者 patient clinic
病理 patholog histolog
放射線 radio radiat x-ray
疾患 disease disorder patient
癌 cancer tumor oncolog
がん cancer tumor oncolog
腫瘍 tumor tumour cancer
脳 brain neur eeg cortical
神経 neur nerv
遺伝子 gene genom
タンパク質 protein
蛋白質 protein
分子 molec chem drug
創薬 drug molec
化学 chem molec reaction
材料 material crystal
物理 physic
気象 weather climat meteor
気候 climat weather
農業 agricultur crop farm plant
作物 crop plant agricultur
教育 educat teach student learner tutor classroom
学生 student learner educat
教師 teacher supervis instruct
法律 legal law court
法的 legal law
金融 financ stock market bank trad
株 stock market
経済 econom market
市場 market
オークション auction bid
ゲーム理論 game auction equilibri mechanism nash
均衡 equilibri balanc nash
機構設計 mechanism
投票 vot elect
公平 fair equit bias
偏り bias skew imbalanc
差別 discriminat bias fair
倫理 ethic moral
社会 soci
文化 cultur
政治 politic
安全 safe secur attack adversar harm risk
有害 harm toxic unsafe
攻撃 attack adversar jailbreak inject poison threat
防御 defen protect guard
脆弱 vulnerab weak attack
プライバシー priva
暗号 crypt encrypt
秘匿 priva secre secur
透かし watermark
偽 fake forg spurious false decept
幻覚 hallucinat
事実 fact truth
誤情報 misinform false fake
説明可能 explain interpret
解釈 interpret explain
整合 align consisten coher match
選好 prefer
嗜好 prefer taste
報酬 reward
推薦 recommend
行列分解 factori matri
広告 advert ad_
購買 purchas shop e-commerce buy
利用者 user
協調 cooperat collaborat coordinat multi-agent
競争 compet
交渉 negotiat bargain
エージェント agent
人工知能 ai_ artificial
人間 human person people
認知 cognit percept
記憶 memor remember
知識 knowledge
知識グラフ knowledge_graph graph
常識 commonsense common_sense
概念 concept
プログラム program cod software
ソフトウェア software program cod
コード生成 cod program
脆弱性 vulnerab
バグ bug fault defect
修正 repair fix correct patch modif revis
形式検証 formal verif
並列 parallel
分散 distribut varianc decentral dispers
通信 communicat wireless channel network 5g 6g mimo signal
無線 wireless radio channel mimo
周波数 frequen spectr
符号 cod encod decod sign
伝送 transmi
帯域 bandwidth band
基地局 base_station bs cell
衛星通信 satellite
省電力 energy power
電力 power energy electric grid
消費電力 power energy
遅延 delay latenc lag
高速化 speed accelerat fast efficien
省メモリ memory
回路 circuit hardware
半導体 semiconductor chip circuit
量子 quantum quantiz qubit
端末 device mobile terminal edge
表形式 tabular table
表データ tabular table
図表 chart figure table diagram plot
人手 human manual annotat
注釈 annotat label
標識 label sign annotat
ノイズ nois
雑音 nois
劣化 degrad deterior
汎化 generali
頑健 robust
忘却 forget unlearn
長尾 long-tail tail imbalanc
不均衡 imbalanc
分布外 out-of-dist ood distribut
未知 unknown unseen novel
多様性 divers variet
創造 creativ
物語 stor narrat
意図 intent intend
説得 persua
信頼 trust relia confiden faith
透明性 transparen
系列 sequen series
階層 hierarch layer level
動的 dynam adapt
静的 static
対称 symmetr
可逆 invertib revers
圏 categor
論理 logic
集合 set aggregat collect
組合せ combinator
整数 integer
線形 linear
非線形 nonlinear non-linear
畳み込み convol cnn
"""


def _parsed() -> dict[str, tuple[str, ...]]:
    lines = (line.split() for line in _LINES.strip().splitlines())
    return {term: tuple(" " + stem.replace("_", " ").replace("-", " ") for stem in stems) for term, *stems in lines}


ENGLISH_OF = _parsed()
TERM = re.compile("|".join(sorted(map(re.escape, ENGLISH_OF), key=len, reverse=True)))
