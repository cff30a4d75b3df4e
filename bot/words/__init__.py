"""Every sentence that a person reads, in Japanese and English: `ja/*.po` and `en/*.po`, one file for each subject.

    digest      status line, reasons, empty days; `problem.<code>`: an error's code as a short phrase
    paper       a paper's fields, sections and findings; the line in place of a missing summary
    questions   what stands around an answer: notes, labels, and the lines in its place
    errors      `error.<code>`: what went wrong, with the remedy
    channels    answers of `/digest`
    chat        other texts in chats: greeting, buttons, forms
    help        `--help`
    cli         messages and reports of the command line
    terminal    labels of the terminal's renderer
    hugo        the frame of a blog post

`words` loads the catalogues, `sentences` fills them with the core's values, `replies` with the answers of `/digest`;
`layout` decides what a reader sees of a paper and of a digest, in which order.
"""

from bot.words.plain import one_line, plain, readable_line, web_link, without_bold
from bot.words.words import Words, words_for

__all__ = ["Words", "one_line", "plain", "readable_line", "web_link", "without_bold", "words_for"]
