"""arXiv's categories: which there are, how they are spelled, and which one a near miss was meant to be. Pure.

Source: https://arxiv.org/category_taxonomy, and for the aliases and the archives that were merged into a category
https://github.com/arXiv/arxiv-base (arxiv/taxonomy).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches
from itertools import chain
from types import MappingProxyType

# An archive with its name, and below it the subjects; an archive without subjects is a category by itself. The order
# decides which category is meant by a subject that several archives have.
_TAXONOMY = """
cs Computer Science
 AI Artificial Intelligence
 CL Computation and Language
 LG Machine Learning
 CV Computer Vision and Pattern Recognition
 RO Robotics
 IR Information Retrieval
 AR Hardware Architecture
 CC Computational Complexity
 CE Computational Engineering, Finance, and Science
 CG Computational Geometry
 CR Cryptography and Security
 CY Computers and Society
 DB Databases
 DC Distributed, Parallel, and Cluster Computing
 DL Digital Libraries
 DM Discrete Mathematics
 DS Data Structures and Algorithms
 ET Emerging Technologies
 FL Formal Languages and Automata Theory
 GL General Literature
 GR Graphics
 GT Computer Science and Game Theory
 HC Human-Computer Interaction
 IT Information Theory
 LO Logic in Computer Science
 MA Multiagent Systems
 MM Multimedia
 MS Mathematical Software
 NE Neural and Evolutionary Computing
 NI Networking and Internet Architecture
 OH Other Computer Science
 OS Operating Systems
 PF Performance
 PL Programming Languages
 SC Symbolic Computation
 SD Sound
 SE Software Engineering
 SI Social and Information Networks
stat Statistics
 ML Machine Learning
 AP Applications
 CO Computation
 ME Methodology
 OT Other Statistics
eess Electrical Engineering and Systems Science
 AS Audio and Speech Processing
 IV Image and Video Processing
 SP Signal Processing
 SY Systems and Control
math Mathematics
 AC Commutative Algebra
 AG Algebraic Geometry
 AP Analysis of PDEs
 AT Algebraic Topology
 CA Classical Analysis and ODEs
 CO Combinatorics
 CT Category Theory
 CV Complex Variables
 DG Differential Geometry
 DS Dynamical Systems
 FA Functional Analysis
 GM General Mathematics
 GN General Topology
 GR Group Theory
 GT Geometric Topology
 HO History and Overview
 KT K-Theory and Homology
 LO Logic
 MG Metric Geometry
 NA Numerical Analysis
 NT Number Theory
 OA Operator Algebras
 OC Optimization and Control
 PR Probability
 QA Quantum Algebra
 RA Rings and Algebras
 RT Representation Theory
 SG Symplectic Geometry
 SP Spectral Theory
 ST Statistics Theory
econ Economics
 EM Econometrics
 GN General Economics
 TH Theoretical Economics
q-bio Quantitative Biology
 BM Biomolecules
 CB Cell Behavior
 GN Genomics
 MN Molecular Networks
 NC Neurons and Cognition
 OT Other Quantitative Biology
 PE Populations and Evolution
 QM Quantitative Methods
 SC Subcellular Processes
 TO Tissues and Organs
q-fin Quantitative Finance
 CP Computational Finance
 GN General Finance
 MF Mathematical Finance
 PM Portfolio Management
 PR Pricing of Securities
 RM Risk Management
 ST Statistical Finance
 TR Trading and Market Microstructure
physics Physics
 acc-ph Accelerator Physics
 ao-ph Atmospheric and Oceanic Physics
 app-ph Applied Physics
 atm-clus Atomic and Molecular Clusters
 atom-ph Atomic Physics
 bio-ph Biological Physics
 chem-ph Chemical Physics
 class-ph Classical Physics
 comp-ph Computational Physics
 data-an Data Analysis, Statistics and Probability
 ed-ph Physics Education
 flu-dyn Fluid Dynamics
 gen-ph General Physics
 geo-ph Geophysics
 hist-ph History and Philosophy of Physics
 ins-det Instrumentation and Detectors
 med-ph Medical Physics
 optics Optics
 plasm-ph Plasma Physics
 pop-ph Popular Physics
 soc-ph Physics and Society
 space-ph Space Physics
cond-mat Condensed Matter
 dis-nn Disordered Systems and Neural Networks
 mes-hall Mesoscale and Nanoscale Physics
 mtrl-sci Materials Science
 other Other Condensed Matter
 quant-gas Quantum Gases
 soft Soft Condensed Matter
 stat-mech Statistical Mechanics
 str-el Strongly Correlated Electrons
 supr-con Superconductivity
astro-ph Astrophysics
 CO Cosmology and Nongalactic Astrophysics
 EP Earth and Planetary Astrophysics
 GA Astrophysics of Galaxies
 HE High Energy Astrophysical Phenomena
 IM Instrumentation and Methods for Astrophysics
 SR Solar and Stellar Astrophysics
nlin Nonlinear Sciences
 AO Adaptation and Self-Organizing Systems
 CD Chaotic Dynamics
 CG Cellular Automata and Lattice Gases
 PS Pattern Formation and Solitons
 SI Exactly Solvable and Integrable Systems
quant-ph Quantum Physics
gr-qc General Relativity and Quantum Cosmology
hep-ex High Energy Physics - Experiment
hep-lat High Energy Physics - Lattice
hep-ph High Energy Physics - Phenomenology
hep-th High Energy Physics - Theory
math-ph Mathematical Physics
nucl-ex Nuclear Experiment
nucl-th Nuclear Theory
"""

# Two names of one category, and archives of the 1990s that a category took over: each with the name in use.
_ALIASES: Mapping[str, str] = {
    "cs.NA": "math.NA", "cs.SY": "eess.SY", "math.IT": "cs.IT", "math.MP": "math-ph", "q-fin.EC": "econ.GN",
    "stat.TH": "math.ST",
    "acc-phys": "physics.acc-ph", "adap-org": "nlin.AO", "alg-geom": "math.AG", "ao-sci": "physics.ao-ph",
    "atom-ph": "physics.atom-ph", "bayes-an": "physics.data-an", "chao-dyn": "nlin.CD", "chem-ph": "physics.chem-ph",
    "cmp-lg": "cs.CL", "comp-gas": "nlin.CG", "dg-ga": "math.DG", "funct-an": "math.FA",
    "mtrl-th": "cond-mat.mtrl-sci", "patt-sol": "nlin.PS", "plasm-ph": "physics.plasm-ph", "q-alg": "math.QA",
    "solv-int": "nlin.SI", "supr-con": "cond-mat.supr-con",
}  # fmt: skip

_LONGEST = 40  # characters of what was typed that are compared
_WORD = 4  # letters: fewer are too often a part of another word

# What people call a field whose category has another name.
_NICKNAMES: Mapping[str, str] = {
    "nlp": "cs.CL", "llm": "cs.CL", "llms": "cs.CL", "ml": "cs.LG", "dl": "cs.LG", "rl": "cs.LG", "hci": "cs.HC",
    "quantum": "quant-ph",
}  # fmt: skip
_FULL_STOPS = str.maketrans("。・", "..")
_LOOKALIKES = str.maketrans("01", "oi")


def _read(taxonomy: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return (categories, archives with subjects), each by id with its name."""
    categories: dict[str, str] = {}
    archives: dict[str, str] = {}
    archive = ""
    for line in taxonomy.strip("\n").splitlines():
        name = line.strip().partition(" ")
        if line.startswith(" "):
            categories[f"{archive}.{name[0]}"] = name[2]
            archives[archive] = categories.pop(archive, archives.get(archive, ""))
        else:
            archive = name[0]
            categories[archive] = name[2]
    return categories, archives


_CATEGORIES, _ARCHIVES = _read(_TAXONOMY)

CATEGORIES: Mapping[str, str] = MappingProxyType(_CATEGORIES)  # by id, with its English name
ARCHIVES: Mapping[str, str] = MappingProxyType(_ARCHIVES)  # those that are divided into categories

_BY_LOWER_CASE = {one.casefold(): one for one in (*CATEGORIES, *ARCHIVES)} | {
    old.casefold(): new for old, new in _ALIASES.items()
}


def category(text: str) -> str | None:
    """Return arXiv's spelling of a category or a whole archive; None for anything else.

    Case, character width and what stands around it (`[cs.AI]`, `cat:cs.AI`, `cs.*`) do not matter. An alias becomes the
    name in use: arXiv gives every paper of the pair both names.
    """
    return _BY_LOWER_CASE.get(_folded(text))


def suggestion(text: str) -> str | None:
    """Return the category that somebody who typed this probably meant (`AI` -> `cs.AI`); None without a guess.

    It is found by its subject, its name or a word of it, and by its letters in another order or in place of others.
    """
    wanted = _folded(text)[:_LONGEST]
    archive, _, subject = wanted.rpartition(".")
    guesses = (_BY_LOWER_CASE.get, _of_letters, _of_subject, _NICKNAMES.get, _of_name)
    for typed in dict.fromkeys((wanted, subject if _BY_LOWER_CASE.get(archive) in ARCHIVES else wanted)):
        for guess in guesses:
            if found := guess(typed):
                return found
    return _of_similar_spelling(wanted)


def covers(topic: str, category: str) -> bool:
    """Return whether a category is the topic, or belongs to the archive that the topic names."""
    return category == topic or category.startswith(f"{topic}.")


def _of_letters(typed: str) -> str | None:
    """Whatever stands between the letters: `csAI`, `cs_ai`, `hepth`."""
    bare = _letters(typed)
    return next((known for lower, known in _BY_LOWER_CASE.items() if bare and _letters(lower) == bare), None)


def _of_subject(typed: str) -> str | None:
    return next((one for one in CATEGORIES if typed and one.partition(".")[2].casefold() == typed), None)


def _of_name(typed: str) -> str | None:
    """The whole name first, then a word of at least four letters that a name begins with or contains."""
    if len(_letters(typed)) < _WORD:
        return None
    named = [*ARCHIVES.items(), *CATEGORIES.items()]
    whole = (one for one, name in named if name.casefold() == typed)
    part = (one for one, name in CATEGORIES.items() if re.search(rf"\b{re.escape(typed)}", name.casefold()))
    return next(chain(whole, part), None)


def _of_similar_spelling(typed: str) -> str | None:
    """`cs.IA`, `cs.A1`, `physics.optic`: in the same archive, two letters swapped or a long subject misspelt."""
    archive, _, subject = typed.translate(_LOOKALIKES).partition(".")
    if known := _BY_LOWER_CASE.get(f"{archive}.{subject}") or _BY_LOWER_CASE.get(f"{archive}.{subject[::-1]}"):
        return known
    long = [one for one in _BY_LOWER_CASE if len(one) > _WORD + 2]
    close = get_close_matches(typed, long, n=1, cutoff=0.8) if len(typed) > _WORD + 2 else []
    return _BY_LOWER_CASE[close[0]] if close else None


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).translate(_FULL_STOPS).casefold()
    return re.sub(r"^\W*(?:(?:arxiv|cat):)?\W*|\W+$", "", plain)


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text)
