"""What the invented papers are made of: fields of science that do not exist, in English and in Japanese.

Japanese phrases stand beside the English ones that they translate, so that a summary of an invented paper says what its
abstract says. Katakana is kept to words that sound like the English ones, as the check of summaries expects.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """One field: a noun for names, its arXiv categories, the task, what makes it hard, and its benchmark."""

    noun: str
    categories: tuple[str, ...]
    task: str
    task_ja: str
    obstacle: str
    obstacle_ja: str
    detail: str
    detail_ja: str
    benchmark: str


@dataclass(frozen=True, slots=True)
class Tool:
    """What a method relies on. The English phrase is one for which Semantic Scholar's searches look."""

    phrase: str
    japanese: str


THEMES = (
    Theme(
        "Lock",
        ("cs.AI", "cs.LG"),
        "moving barges through canal locks",
        "運河の閘門に船を通すこと",
        "barges queue in front of every canal lock while its basin fills",
        "水が満ちるまで船が閘門の前で列を作る",
        "Barges are sorted into paired basins, so that the queue at one canal lock feeds the next one",
        "船を組になった水槽に振り分け、一つの閘門の列を次の閘門に送る",
        "BargeQueue",
    ),
    Theme(
        "Lantern",
        ("cs.CV", "cs.LG"),
        "lighting festival lanterns in the right order",
        "祭りの灯籠を正しい順に灯すこと",
        "the wind blows lanterns out faster than they can be lit again",
        "灯し直すより早く風が灯籠を消してしまう",
        "A camera watches the flames of the lanterns and tells which one will flicker next",
        "灯籠の炎を見て、次に揺らぐものを見分ける",
        "GlowNight",
    ),
    Theme(
        "Kite",
        ("cs.RO", "cs.LG"),
        "keeping paper kites in the air on gusty days",
        "突風の日に紙の凧を上げ続けること",
        "gusts tangle the strings before anyone can pull them in",
        "糸を引く前に突風が糸を絡ませる",
        "The kites share their strings, and each one learns from the tangles of the others",
        "凧どうしが糸を分け合い、互いの絡まりから学ぶ",
        "GustField",
    ),
    Theme(
        "Riddle",
        ("cs.CL", "cs.AI"),
        "answering riddles that grandmothers tell",
        "祖母の語るなぞなぞに答えること",
        "riddles mean something else than they say",
        "なぞなぞは言葉どおりの意味を持たない",
        "Every riddle is turned into three plainer ones, whose answers are then compared",
        "なぞなぞを三つのやさしいものに言い換え、答えを比べる",
        "OldPorch",
    ),
    Theme(
        "Proverb",
        ("cs.CL",),
        "translating proverbs between islands",
        "島々の間でことわざを翻訳すること",
        "no two islands use the same proverbs for the same weather",
        "同じ天気でも島ごとにことわざが異なる",
        "Proverbs are paired by the weather in which people say them, not by their words",
        "ことわざを言葉ではなく、それが言われる天気によって対応づける",
        "IslandSayings",
    ),
    Theme(
        "Cloud",
        ("cs.CV",),
        "naming the shapes of clouds in pictures",
        "画像の雲の形に名前をつけること",
        "a cloud has changed its shape before anybody has agreed on a name",
        "名前が決まる前に雲が形を変えてしまう",
        "The outline of each cloud is followed over minutes, and the name that lasts longest wins",
        "雲の輪郭を追い、最も長く保たれる名前を選ぶ",
        "SkyNames",
    ),
    Theme(
        "Soup",
        ("cs.RO", "cs.AI"),
        "stirring soup with a patient robot arm",
        "辛抱強いロボットの腕で汁をかき混ぜること",
        "thick soup hides its lumps until the spoon meets them",
        "匙が当たるまで濃い汁の塊は見えない",
        "The spoon feels for lumps and circles around them before it presses them apart",
        "匙で塊を探り、その周りを回ってから押しつぶす",
        "LumpBowl",
    ),
    Theme(
        "Stair",
        ("cs.SD", "cs.LG"),
        "counting stairs by the sound of their creaks",
        "階段のきしむ音から段を数えること",
        "old stairs creak twice and new ones do not creak at all",
        "古い段は二度きしみ、新しい段はまったくきしまない",
        "The sound of each creak is compared with the creaks above and below it",
        "きしむ音を上下の段の音と比べる",
        "CreakyHouse",
    ),
    Theme(
        "Postcard",
        ("cs.CV", "cs.CL"),
        "reading the handwriting on rain-soaked postcards",
        "雨に濡れた葉書の手書き文字を読むこと",
        "ink runs in the rain and takes the address with it",
        "雨でインクが流れ、宛名も消える",
        "Lost strokes are restored from the way in which the same hand writes its other letters",
        "同じ人の他の文字の書き方から、失われた線を復元する",
        "WetMail",
    ),
    Theme(
        "Bee",
        ("cs.MA", "cs.AI"),
        "following the dances of honey bees",
        "蜜蜂の踊りを読み取ること",
        "bees dance in the dark and stop when they are watched",
        "蜜蜂は暗がりで踊り、見られると踊りをやめる",
        "Dances are heard through the wood of the hive instead of being filmed",
        "踊りを撮影せず、巣箱の木を通して聞き取る",
        "HiveWall",
    ),
    Theme(
        "Clock",
        ("cs.LG", "cs.IT"),
        "keeping a house full of cuckoo clocks in step",
        "家中の鳩時計をそろえること",
        "every clock listens to its neighbours and none knows the time",
        "どの時計も隣を聞くだけで、正しい時刻を知らない",
        "Each clock keeps two opinions about the hour and drops the one with fewer friends",
        "各時計は時刻について二つの見方を持ち、味方の少ない方を捨てる",
        "CuckooHall",
    ),
    Theme(
        "Crane",
        ("cs.CV", "cs.GR"),
        "folding paper cranes from a single picture",
        "一枚の画像から折り鶴を折ること",
        "most folds of a paper crane are hidden inside it",
        "折り鶴の折り目の大半は内側に隠れている",
        "Hidden folds are guessed from the shadows that the wings throw on each other",
        "隠れた折り目を、翼の落とす影から推定する",
        "FoldedWing",
    ),
    Theme(
        "Umbrella",
        ("cs.LG", "cs.AI"),
        "predicting which umbrella will be left on the train",
        "電車に忘れられる傘を予測すること",
        "nobody remembers an umbrella after the rain has ended",
        "雨がやむと誰も傘を覚えていない",
        "The forecast looks at how the umbrella was put down, not at who carried it",
        "持ち主ではなく、傘の置かれ方から予測する",
        "LastTrain",
    ),
    Theme(
        "Market",
        ("cs.GT", "cs.AI"),
        "sharing stalls at a night market",
        "夜市の屋台を分け合うこと",
        "every stall wants the corner and nobody wants the rain",
        "誰もが角の場所を望み、雨を避けたがる",
        "Stalls bid with the hours that they are willing to stand elsewhere",
        "別の場所に立つ時間を賭けて屋台が競う",
        "NightStalls",
    ),
    Theme(
        "Haiku",
        ("cs.CL", "cs.LG"),
        "continuing haiku that were torn in half",
        "半分に破れた俳句の続きを作ること",
        "half of a haiku rarely tells the season of the other half",
        "半分だけでは残りの季節がわからない",
        "The season is asked for first, and the words are chosen to suit it",
        "先に季節を問い、それに合う言葉を選ぶ",
        "TornPage",
    ),
    Theme(
        "Path",
        ("cs.AI", "cs.RO"),
        "planning walks that avoid every puddle",
        "水たまりをすべて避ける散歩道を計画すること",
        "puddles join while one walks between them",
        "歩くうちに水たまりどうしがつながる",
        "A plan keeps one dry stone in reserve and is made again whenever that stone is used",
        "乾いた石を一つ残し、それを使うたびに計画を立て直す",
        "PuddleTown",
    ),
)  # fmt: skip

TOOLS = (
    Tool("reinforcement learning", "強化学習"),
    Tool("a small language model", "小さな言語モデル"),
    Tool("a machine learning model with few parts", "部品の少ない機械学習モデル"),
    Tool("deep learning on short records", "短い記録に対する深層学習"),
    Tool("a neural network that forgets on purpose", "意図的に忘れるニューラルネットワーク"),
    Tool("reasoning in small steps", "小さな段階に分けた推論"),
    Tool("retrieval from an old archive and a language model", "古い記録の検索と言語モデル"),
    Tool("natural language processing of old diaries", "古い日記の自然言語処理"),
)

TWISTS = (
    "Amber Ample Autumn Brave Brisk Calm Clever Coral Cosy Deft Dusky Eager Early Faint Gentle Golden Hazel "
    "Humble Idle Jolly Keen Late Light Little Lucid Mellow Mild Misty Modest Narrow Nimble Patient Plain Quick "
    "Quiet Rapid Rustic Shy Silver Sleepy Slow Soft Spare Steady Still Sunny Swift Tame Tidy Velvet Warm Wide "
    "Wily Winter Witty Young"
).split()

FORMS = ("", "Net", "Walk", "Loop")

GIVEN = (
    "Ada Aya Ben Cleo Dara Edo Emil Fumi Goro Hana Ida Ines Jiro Kaya Len Lio Mara Mika Nils Nori Olga Otto Pia "
    "Rei Ruth Sora Tao Uma Vera Wim Yuri Zoë Émile Jürgen"
).split()
FAMILY = (
    "Inkwell Printwright Morino Ostrow Kitewell Pebbleworth Tidewater Quillson Brasshollow Fernandel Lampwick "
    "Oakmoor Paperling Rainford Saltmarsh Thistlewood Umbergate Vellum Wickham Yarrow Kawabata-Reed O'Tide "
    "Søndermark Woodblock Hoshimi Kumonari Tsukigawa Amanohara"
).split()
