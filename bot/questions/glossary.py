"""What a question in another language has in common with an English paper. Pure.

Numbers and Latin names are the same in both, and so are the words that Japanese takes over from English once they are
spelled back. The table has the vocabulary of the field, for the case that nobody can be asked for search phrases.
"""

from __future__ import annotations

import re
import unicodedata

_JAPANESE = re.compile(r"[ぁ-ゖァ-ヺー一-鿿々]")
# A number or a Latin word, with the marks inside it: `GPT-4`, `F1`, `1.87`, `Wav2Vec`.
_COMMON = re.compile(r"[A-Za-zÀ-ɏ0-9]+(?:[.,+/_-][A-Za-zÀ-ɏ0-9]+)*%?")

_TABLE = """\
アーキテクチャ architecture
アウトプット output
アノテーション annotation annotated
アノテータ annotator
アブレーション ablation
アプローチ approach
アラインメント alignment
アルゴリズム algorithm
アンサンブル ensemble
アテンション attention
イテレーション iteration
インストラクション instruction
インターフェース interface
インデックス index
インプット input
ウェブ web
エージェント agent
エポック epoch
エラー error
エンコーダ encoder encode
エンコード encode
エンティティ entity
エントロピー entropy
エンベディング embedding
オープンソース open source released
オントロジー ontology
カーネル kernel
カテゴリ category categories
カバレッジ coverage
キーワード keyword
キャッシュ cache
クエリ query
クラス class
クラスタ cluster
クラスタリング clustering
グラフ graph
コーパス corpus dataset
コード code
コスト cost
コメント comment
コンテキスト context
サーバ server
サイズ size
サブタスク subtask
サンプリング sampling
サンプル sample
システム system
シード seed
シミュレーション simulation
ショット shot
スキーマ schema
スケール scale
スコア score
ステップ step
ステージ stage
ストリーム stream
スパース sparse
スピード speed
スループット throughput
セグメント segment
センサ sensor
センチメント sentiment
ソース source
ソフトウェア software
ターゲット target
タイプ type
タグ tag
タスク task
チャネル channel
チャンク chunk
ツイート tweets tweet
ツール tool
データ data
データセット dataset corpus
テーブル table
テキスト text
デコーダ decoder decode
デコード decode decoding
テスト test
テンプレート template
トークン token
ドキュメント document
トピック topic
トポロジ topology
ドメイン domain
トランスフォーマ transformer
トレーニング training
ドロップアウト dropout
ニューラル neural
ニューラルネットワーク neural network
ネットワーク network
ノイズ noise
ノード node
ノルム norm
バージョン version
パープレキシティ perplexity
バイアス bias
パイプライン pipeline
ハイパーパラメータ hyperparameters
パターン pattern
バッチ batch
ハードウェア hardware GPU
パフォーマンス performance
パラメータ parameters
バランス balance
ビームサーチ beam search
ビジョン vision
ヒューリスティック heuristic
ファインチューニング fine-tuning fine-tuned
フィードバック feedback
フィルタ filter
フェーズ phase
フォーマット format
プライバシー privacy
フレーム frame
フレームワーク framework
ブロック block
プロセス process
プロトコル protocol
プロンプト prompt
ベースライン baseline
ベクトル vector
ペナルティ penalty
ベンチマーク benchmark
ポリシー policy
マスク mask
マッチング matching
マルチモーダル multimodal
メカニズム mechanism
メタデータ metadata
メトリック metric
メモリ memory
モジュール module
モダリティ modality
モデル model
ユーザ user
ユニット unit
ラベル label
ランダム random
ランキング ranking
リーク leak
リソース resource
リランキング reranking
レイテンシ latency
レイヤ layer
レート rate
レビュー review
ロジック logic
ロス loss
ロバスト robust
ロボット robot
ワークフロー workflow
ワクチン vaccine
ウイルス virus
ゲノム genome
タンパク質 protein
一致 agreement
一般化 generalization
並列 parallel
主張 claim
事前学習 pretraining pre-trained
人手 human manual
人間 human
仮定 assumption
仮説 hypothesis
使用 use
例 example
価格 price cost
優れ outperform better
先行研究 previous work related
入力 input
公開 release available
処理 processing
出力 output
分布 distribution
分析 analysis
分類 classification
効果 effect
効率 efficiency
動機 motivation
動画 video
勾配 gradient
医療 medical clinical
単語 word
原因 cause
参加者 participants
収束 convergence
収集 collect collected
品質 quality
問題 problem
回帰 regression
固有表現 named entity
埋め込み embedding
報酬 reward
変数 variable
大規模 large scale
学習 training learning
学習率 learning rate
安全 safety
定義 define definition
定理 theorem
実装 implementation
実験 experiment
対話 dialogue conversation
対象 target
専門家 expert
差 difference
平均 average
年齢 age
強化学習 reinforcement learning
影響 effect influence
性能 performance
情報 information
感情 sentiment emotion
感染 infection
患者 patients
意味 semantic meaning
成功 success
手法 method approach
抗体 antibody
抽出 extraction
指標 metric
推定 estimate
推論 inference reasoning
提案 propose
損失 loss
探索 search
改善 improvement
攻撃 attack
教師 supervised teacher
教師なし unsupervised
数 number
文 sentence
文字 character
文書 document
文脈 context
方法 method
既存 existing
時間 time
曖昧 ambiguity
最適化 optimization
最先端 state-of-the-art
最良 best
最高 best highest
期間 period
検出 detection
検証 validation verify
検索 retrieval search
構造 structure
構成 consist
標本 sample
機械翻訳 machine translation
機械学習 machine learning
次元 dimension
正解率 accuracy
正確 accurate
死亡 mortality death
比較 compare comparison
流行 epidemic outbreak
潜在 latent
特徴 features
特徴量 features
率 rate
理由 reason because
理論 theory
環境 environment
生成 generation
画像 image
症状 symptoms
発話 utterance
目的 objective aim
相関 correlation
知識 knowledge
知見 findings
研究 study research
確率 probability
種類 types kinds
精度 accuracy precision
系列 sequence
細胞 cell
結果 results
統計 statistics
線形 linear
翻訳 translation
自然言語 natural language
自然言語処理 natural language processing
著者 authors
表現 representation
要約 summarization
規則 rule
視覚 visual
解析 analysis parsing
言語 language
言語モデル language model
計算 computation compute
計算量 complexity
訓練 training
設定 setting
証拠 evidence
証明 proof
評価 evaluation
評価者 raters annotators
診断 diagnosis
試験 trial test
話者 speaker
課題 challenge task
調査 survey
論文 paper
質問 question
質問応答 question answering
距離 distance
転移学習 transfer learning
速 fast speed
遺伝子 gene
適合率 precision
選択 selection
部分 part
重み weight
量子化 quantization
開発 development
関係 relation
関数 function
限界 limitation
難 difficult
電力 power energy
音声 speech
領域 domain region
頻度 frequency
類似 similarity
高速 fast speedup
再現率 recall
指示 instruction
読者 reader
文章 text
報告 report
利用者 user
顧客 customer
作成 create
実行 execute run
固定 fixed frozen
凍結 frozen freeze
段階 stage phase
除去 remove
削減 reduce
増加 increase
減少 decrease
必要 require need
重要 important
提供 provide
導入 introduce
適用 apply
依存 depend rely
更新 update
圧縮 compression
記憶 memory
失敗 failure
測定 measure
制約 constraint
変更 change
追加 additional add
自動 automatic
全体 whole entire
状態 state
中間 intermediate
保持 keep retain
付録 appendix
手順 procedure"""
# Writers differ in the long vowels of a word: パラメータ, パラメーター.
_VARYING = str.maketrans("", "", "ー・")
_ENGLISH = {
    word.translate(_VARYING): english for word, _, english in (line.partition(" ") for line in _TABLE.splitlines())
}
_LONGEST = max(map(len, _ENGLISH))


def in_english(question: str) -> str:
    """Return the numbers and Latin names of a question, and in English its terms that the table has."""
    text = unicodedata.normalize("NFKC", question)
    found = _COMMON.findall(text)
    if _JAPANESE.search(text):
        found += _terms(text.translate(_VARYING))
    return " ".join(dict.fromkeys(found))


def _terms(text: str) -> list[str]:
    """Return the English of the longest terms of the table, from left to right."""
    english, start = [], 0
    while start < len(text):
        size = next((n for n in range(_LONGEST, 0, -1) if text[start : start + n] in _ENGLISH), 0)
        if size:
            english.append(_ENGLISH[text[start : start + size]])
        start += max(size, 1)
    return english
