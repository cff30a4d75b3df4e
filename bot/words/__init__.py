"""Every sentence that a person reads, in Japanese and English: `ja/*.po` and `en/*.po`, one file a subject.

    digest      status line, reasons, empty days; `problem.<code>`: an error's code as a short phrase
    paper       a paper's fields, sections, findings; the line in the place of a missing summary
    errors      `error.<code>`: what went wrong, with the remedy
    channels    what `/digest` answers
    chat        what chats show beside digests and answers: greeting, buttons, forms
    help        what `--help` shows
    cli         what the command line says beside its results; its reports
    terminal    labels of the terminal's renderer
    hugo        the frame of a blog post

`words` has the catalogues, `sentences` puts the core's values into them, `replies` the answers of `/digest`; `layout`
says what a reader is shown of a paper and of a digest, in which order.
"""

from bot.words.plain import one_line, plain, web_link, without_bold
from bot.words.words import Words, words_for

__all__ = ["Words", "one_line", "plain", "web_link", "without_bold", "words_for"]
