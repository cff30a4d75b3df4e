"""The check outside Japanese and English: each language's figures are read as it writes them, and no others pass."""

# Tables of texts; a text that is broken over lines is harder to read than a long one.
# ruff: noqa: E501 - a case is read more easily on one line
from __future__ import annotations

import pytest

from bot.checking.check import check
from bot.checking.languages import Promise, promised
from bot.checking.numerals import in_english
from bot.words import words_for

TITLE = "MossNet: Sorting Kelp"
SOURCE = (
    "We present MossNet, a kelp sorting system. MossNet cuts evaluation time from 8 hours to 10 minutes, uses 1,234 images "
    "and 1.5 million labels, is 2.5x faster, and reaches 82.2% accuracy, 3.1 points more than before."
)
TRUE = {
    "de": "MossNet ist ein System zum Sortieren von Seetang. Es verkürzt die Auswertung von 8 Stunden auf 10 Minuten, nutzt 1.234 Bilder und 1,5 Mio. Etiketten, ist 2,5-mal schneller und erreicht 82,2 %, also 3,1 Prozentpunkte mehr als zuvor.",
    "es": "MossNet es un sistema para clasificar algas. Reduce la evaluación de 8 horas a 10 minutos con 1.234 imágenes y 1,5 millones de etiquetas. Es 2,5 veces más rápido y alcanza un 82,2 %, 3,1 puntos porcentuales más que antes.",
    "fr": "MossNet est un système de tri du varech. Il réduit l'évaluation de 8 heures à 10 minutes avec 1\u202f234 images et 1,5 million d'étiquettes. Il est 2,5 fois plus rapide et atteint 82,2\u202f%, soit 3,1 points de pourcentage de plus.",
    "it": "MossNet è un sistema per classificare le alghe. Riduce la valutazione da 8 ore a 10 minuti con 1.234 immagini e 1,5 milioni di etichette. È 2,5 volte più veloce e raggiunge l'82,2%, 3,1 punti percentuali in più.",
    "nl": "MossNet is een systeem om zeewier te sorteren. Het verkort de evaluatie van 8 uur tot 10 minuten met 1.234 beelden en 1,5 miljoen labels. Het is 2,5 keer sneller en haalt 82,2%, dat is 3,1 procentpunten meer dan voorheen.",
    "pl": "MossNet to system do sortowania wodorostów. Skraca ocenę z 8 godzin do 10 minut, używa 1234 obrazów i 1,5 mln etykiet. Jest 2,5 raza szybszy i osiąga 82,2%, czyli o 3,1 punktu procentowego więcej niż wcześniej.",
    "pt": "O MossNet é um sistema para classificar algas. Ele reduz a avaliação de 8 horas para 10 minutos com 1.234 imagens e 1,5 milhão de rótulos. É 2,5 vezes mais rápido e alcança 82,2%, 3,1 pontos percentuais a mais do que antes.",
    "ru": "MossNet — это система сортировки водорослей. Она сокращает оценку с 8 часов до 10 минут, использует 1234 изображения и 1,5 млн меток. Она в 2,5 раза быстрее и достигает 82,2 %, что на 3,1 процентного пункта больше.",
    "sv": "MossNet är ett system som sorterar tång. Det förkortar utvärderingen från 8 timmar till 10 minuter med 1 234 bilder och 1,5 miljoner etiketter. Det är 2,5 gånger snabbare och når 82,2 %, vilket är 3,1 procentenheter mer än förut.",
    "tr": "MossNet, deniz yosununu ayıran bir sistemdir. Değerlendirmeyi 8 saatten 10 dakikaya indirir, 1.234 görüntü ve 1,5 milyon etiket kullanır. 2,5 kat daha hızlıdır ve %82,2 doğruluğa, yani öncekinden 3,1 puan fazlasına ulaşır.",
    "uk": "MossNet — це система сортування водоростей. Вона скорочує оцінювання з 8 годин до 10 хвилин, використовує 1234 зображення та 1,5 млн міток. Вона у 2,5 раза швидша й досягає 82,2 %, що на 3,1 відсоткового пункту більше.",
    "vi": "MossNet là một hệ thống phân loại tảo bẹ. Nó giảm thời gian đánh giá từ 8 giờ xuống 10 phút với 1.234 ảnh và 1,5 triệu nhãn. Nó nhanh hơn 2,5 lần và đạt 82,2%, tức là cao hơn 3,1 điểm phần trăm so với trước.",
    "ko": "MossNet은 다시마를 분류하는 시스템이다. 이미지 1,234장과 레이블 150만 개를 사용하여 평가 시간을 8시간에서 10분으로 줄인다. 속도는 2.5배 빠르고 정확도는 82.2%로, 이전보다 3.1%p 높다.",
    "zh": "MossNet是一个海带分拣系统。它使用1,234张图像和150万个标签，将评估时间从8小时缩短到10分钟。速度提高了2.5倍，准确率达到82.2%，比以前高出3.1个百分点。",
    "zh-Hant": "MossNet是一個海帶分揀系統。它使用1,234張圖像和150萬個標籤，將評估時間從8小時縮短到10分鐘。速度提高了2.5倍，準確率達到82.2%，比以前高出3.1個百分點。",
}  # fmt: skip


def numbers(language: str, summary: str, source: str = SOURCE) -> list[str]:
    found = check(title=TITLE, source=source, summary=summary, language=language)
    return [finding.text for finding in found if finding.kind.value == "number"]


@pytest.mark.parametrize("language", TRUE)
def test_true_figures_pass(language: str) -> None:
    assert check(title=TITLE, source=SOURCE, summary=TRUE[language], language=language) == ()


@pytest.mark.parametrize("language", TRUE)
@pytest.mark.parametrize(
    ("true", "invented"),
    [
        ("82.2% accuracy", "82 tasks with 2% noise"),
        ("8 hours", "8 days"),
        ("10 minutes", "10 seconds"),
        ("1,234 images", "1.234 images of 1 and 234 kinds"),
        ("1.5 million labels", "1.5 billion labels, 1 and 5 of them"),
        ("2.5x faster", "2.5% faster"),
    ],
)
def test_invented_figures_are_found(language: str, true: str, invented: str) -> None:
    assert true in SOURCE
    assert numbers(language, TRUE[language], SOURCE.replace(true, invented))


def test_every_promise_is_tried() -> None:
    languages = {tag.partition("-")[0] for tag in TRUE}
    assert all(promised(tag) is Promise.FIGURES for tag in TRUE)
    assert set("de es fr it ko nl pl pt ru sv tr uk vi zh".split()) == languages
    assert promised("ja-JP") is promised("EN") is Promise.WHOLE
    assert promised("hi") is promised("tlh") is promised("") is Promise.PARTS


def test_what_is_not_promised_is_said_in_both_catalogues() -> None:
    for promise in (Promise.FIGURES, Promise.PARTS):
        sentences = {words_for(tag).say(f"channels.promise.{promise}", language="Klingon") for tag in ("ja", "en")}
        assert len(sentences) == 2
        assert all("Klingon" in sentence for sentence in sentences)


@pytest.mark.parametrize(
    ("language", "text", "english"),
    [
        ("de", "1.234,5 und 0.853 und 3, 5 und 7", "1234.5 und 0.853 und 3, 5 und 7"),
        ("de-CH", "1'234.5", "1234.5"),
        ("es-MX", "1,234.5", "1234.5"),
        ("fr", "12 345,6", "12345.6"),
        ("hi", "12,34,567 और 5 लाख", "1234567 और 500000"),
        ("ar", "82.2% و 8 ساعات", "82.2% و 8 hours"),
        ("th", "8 ชั่วโมง", "8 hours"),
        ("zh", "2018年发布，3个月，85.3分，1.7万亿", "2018年发布，3 months ，85.3 ，1.7万亿"),
        ("ko", "2018년 3월 5일, 5일 동안", "2018년 3월 5일, 5 days 동안"),
        ("tr", "%82,2", "82.2 percent"),
        ("es", "2 mil millones de parámetros", "2 billion de parámetros"),
        ("de", "2 Billionen in 8 Tagen", "2 trillion in 8 days"),
        ("xx", "8,5", "8,5"),
        ("", "8,5", "8,5"),
        ("ja", "8,5", "8,5"),
    ],
)
def test_numbers_are_read_as_the_language_writes_them(language: str, text: str, english: str) -> None:
    assert " ".join(in_english(text, language).split()) == " ".join(english.split())


@pytest.mark.parametrize(
    ("source", "told", "ok"),
    [
        ("It cuts memory to one third.", "内存降至三分之一。", True),
        ("It cuts memory to one third.", "内存降至四分之一。", False),
        ("It is twice as fast.", "速度是两倍。", True),
        ("It scores 85.3 in all.", "得分为85.3分。", True),
        ("It scores 85.3 in all.", "得分为83.5分。", False),
        ("It has 1.7 trillion parameters.", "参数量达1.7万亿。", True),
        ("It has 123 users.", "共有一百二十三名用户。", True),
        ("It gains 80%.", "提高了八成。", True),
        ("It gains 82.5%.", "提高了百分之八十二点五。", True),
        ("It has 43M images.", "使用数千万张图像。", True),
        ("It is good.", "使用数千万张图像。", False),
    ],
)
def test_chinese_numbers_in_characters(source: str, told: str, ok: bool) -> None:
    summary = f"MossNet是一个海带分拣系统。{told}结果表明这种方法在各种条件下都十分有效，值得进一步研究和探索。"
    assert (numbers("zh", summary, f"MossNet sorts kelp. {source}") == []) is ok
