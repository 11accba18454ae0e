"""Fields of research for `digest init --field`: categories and two starter rules each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class StarterRule(Struct, frozen=True):
    """A starter rule, and a title that it selects."""

    name: str
    keywords: tuple[str, ...]
    must_match: str


class Field(Struct, frozen=True):
    """A field of research."""

    title: str
    arxiv: tuple[str, ...]
    query: str
    """Query for services that take a text search."""
    rules: tuple[StarterRule, StarterRule]
    biorxiv: tuple[str, ...] = ()
    medrxiv: tuple[str, ...] = ()
    huggingface: bool = False
    """Whether Hugging Face lists papers of the field."""


def _rule(name: str, keywords: str, must_match: str) -> StarterRule:
    return StarterRule(name, tuple(keywords.split(", ")), must_match)


FIELDS: Final[Mapping[str, Field]] = {
    "nlp": Field(
        "Natural language processing",
        ("cs.CL",),
        "language model",
        (
            _rule(
                "Retrieval",
                "retrieval-augmented, =RAG, dense retriev*",
                "Dense Retrieval Without Labels",
            ),
            _rule(
                "Machine translation",
                "machine translation, low-resource language*",
                "Machine Translation for Two Dialects",
            ),
        ),
        huggingface=True,
    ),
    "vision": Field(
        "Computer vision",
        ("cs.CV",),
        "computer vision",
        (
            _rule("Segmentation", "segment*", "Segmenting Leaves From One Photograph"),
            _rule(
                "3D scenes",
                "gaussian splatting, =NeRF, 3D reconstruction",
                "Gaussian Splatting in the Rain",
            ),
        ),
        huggingface=True,
    ),
    "ml": Field(
        "Machine learning",
        ("cs.LG", "stat.ML"),
        "machine learning",
        (
            _rule(
                "Mixture of experts",
                "mixture of experts, =MoE, expert routing",
                "A Mixture of Experts for Small Data",
            ),
            _rule(
                "Uncertainty",
                "conformal prediction, calibrat*, uncertainty quantification",
                "Conformal Prediction After Drift",
            ),
        ),
        huggingface=True,
    ),
    "robotics": Field(
        "Robotics",
        ("cs.RO",),
        "robot learning",
        (
            _rule("Manipulation", "manipulation, grasp*", "Grasping Wet Objects"),
            _rule("Navigation", "=SLAM, visual odometry, navigation", "Navigation in Corn Fields"),
        ),
        huggingface=True,
    ),
    "hci": Field(
        "Human-computer interaction",
        ("cs.HC",),
        "human-computer interaction",
        (
            _rule(
                "Accessibility",
                "accessib*, screen reader*, blind",
                "Screen Readers and Live Charts",
            ),
            _rule(
                "Working with language models",
                "prompt*, chatbot*, conversational agent*",
                "How Nurses Use Chatbots",
            ),
        ),
    ),
    "security": Field(
        "Security and cryptography",
        ("cs.CR",),
        "computer security",
        (
            _rule(
                "Side channels",
                "side channel*, speculative execution",
                "A Side Channel in Branch Predictors",
            ),
            _rule(
                "Post-quantum",
                "post-quantum, lattice-based",
                "Lattice-Based Signatures on Small Chips",
            ),
        ),
    ),
    "systems": Field(
        "Computer systems",
        ("cs.DC", "cs.OS", "cs.PF"),
        "distributed systems",
        (
            _rule("Consensus", "consensus, =Raft, =Paxos", "Consensus With Slow Disks"),
            _rule(
                "Serving models",
                "inference serving, =GPU, scheduling",
                "Scheduling Jobs That Share a GPU",
            ),
        ),
    ),
    "databases": Field(
        "Databases",
        ("cs.DB",),
        "query optimization",
        (
            _rule(
                "Query optimisation",
                "query optimi?ation, cardinality estimation",
                "Cardinality Estimation Without Statistics",
            ),
            _rule(
                "Vector search",
                "vector search, nearest neighbo*",
                "Nearest Neighbors on Flash Memory",
            ),
        ),
    ),
    "software": Field(
        "Software engineering",
        ("cs.SE", "cs.PL"),
        "software engineering",
        (
            _rule("Testing", "fuzzing, flaky test*, mutation testing", "Why Flaky Tests Come Back"),
            _rule(
                "Program repair", "program repair, code generation", "Program Repair in Small Teams"
            ),
        ),
    ),
    "theory": Field(
        "Theoretical computer science",
        ("cs.CC", "cs.DS"),
        "algorithms",
        (
            _rule(
                "Approximation",
                "approximation algorithm*, hardness of approximation",
                "An Approximation Algorithm for Ferries",
            ),
            _rule("Streaming", "streaming algorithm*, sketch*", "Sketching Matrices in One Pass"),
        ),
    ),
    "statistics": Field(
        "Statistics",
        ("stat.ME", "stat.AP", "math.ST"),
        "statistical methods",
        (
            _rule(
                "Causal inference",
                "causal inference, instrumental variable*",
                "Causal Inference With Two Clinics",
            ),
            _rule("Bayesian methods", "bayes*, posterior", "A Bayesian Look at Rainfall"),
        ),
    ),
    "math": Field(
        "Mathematics",
        ("math.CO", "math.NT", "math.PR"),
        "combinatorics",
        (
            _rule("Graphs", "random graph*, graph colo?ring", "Random Graphs With Few Triangles"),
            _rule("Primes", "prime*, zeta function", "Gaps Between Primes, Again"),
        ),
    ),
    "astro": Field(
        "Astrophysics",
        ("astro-ph.CO", "astro-ph.EP", "astro-ph.GA"),
        "exoplanets",
        (
            _rule("Exoplanets", "exoplanet*, transit*", "An Exoplanet Around a Quiet Star"),
            _rule(
                "Gravitational lenses",
                "gravitational lens*, weak lensing",
                "Weak Lensing With Few Galaxies",
            ),
        ),
    ),
    "hep": Field(
        "High-energy physics",
        ("hep-ph", "hep-th", "hep-ex"),
        "dark matter",
        (
            _rule("Dark matter", "dark matter, =WIMP, axion*", "Axions in a Small Cavity"),
            _rule("Higgs", "higgs", "Rare Decays of the Higgs Boson"),
        ),
    ),
    "quantum": Field(
        "Quantum physics",
        ("quant-ph",),
        "quantum computing",
        (
            _rule(
                "Error correction",
                "error correction, surface code*",
                "Surface Codes With Missing Qubits",
            ),
            _rule(
                "Simulation",
                "quantum simulation*, variational quantum",
                "A Quantum Simulation of Rust",
            ),
        ),
    ),
    "materials": Field(
        "Condensed matter and materials",
        ("cond-mat.mtrl-sci", "cond-mat.str-el"),
        "materials",
        (
            _rule("Batteries", "batter*, solid electrolyte*", "Solid Electrolytes That Heal"),
            _rule("Superconductors", "superconduct*", "Superconductivity in Thin Films"),
        ),
    ),
    "neuroscience": Field(
        "Neuroscience",
        ("q-bio.NC",),
        "neuroscience",
        (
            _rule("Memory", "hippocamp*, working memory", "Working Memory in Crows"),
            _rule("Imaging", "=fMRI, calcium imaging", "Calcium Imaging Over a Year"),
        ),
        biorxiv=("neuroscience",),
    ),
    "biology": Field(
        "Computational and molecular biology",
        ("q-bio.BM", "q-bio.GN", "q-bio.QM"),
        "genomics",
        (
            _rule(
                "Proteins", "protein structure*, protein design", "Protein Design for Cold Water"
            ),
            _rule("Single cells", "single-cell, scRNA-seq", "Single-Cell Maps of a Leaf"),
        ),
        biorxiv=("bioinformatics", "genomics"),
    ),
    "medicine": Field(
        "Medicine and public health",
        ("q-bio.TO",),
        "clinical trial",
        (
            _rule("Sepsis", "sepsis, septic shock", "Early Signs of Sepsis"),
            _rule(
                "Trials",
                "randomi?ed controlled trial*, cohort study",
                "A Cohort Study of Night Shifts",
            ),
        ),
        medrxiv=("epidemiology", "public and global health"),
    ),
    "economics": Field(
        "Economics",
        ("econ.EM", "econ.GN", "q-fin.EC"),
        "economics",
        (
            _rule("Labour", "labo?r market*, minimum wage", "Minimum Wages in Two Towns"),
            _rule("Econometrics", "difference-in-differences, panel data", "Panel Data With Gaps"),
        ),
    ),
}

NEEDS_MORE: Final[Mapping[str, str]] = {
    "openreview": "venue",
    "feed": "address",
    "http": "address",
    "mailbox": "folder or server",
    "folder": "path",
}
"""Kinds of source that need more than a field, and what they need."""


def default_sources(field: Field) -> tuple[str, ...]:
    """Return the kinds of source for a new config of this field."""
    kinds = ["arxiv"]
    kinds += ["huggingface"] * field.huggingface
    kinds += ["biorxiv"] * bool(field.biorxiv)
    kinds += ["medrxiv"] * bool(field.medrxiv)
    return tuple(kinds)


class ConfigWishes(Struct, frozen=True):
    """Where and when a new config delivers its digests."""

    contact: str = ""
    """Address for the services' operators."""
    email: str = ""
    """Recipient of the digests; None: files only."""
    at: str = ""
    """Time of day, such as `07:00`."""
    site: bool = False


def starter_config(fields: Sequence[Field], kinds: Sequence[str], wishes: ConfigWishes) -> str:
    """Return the text of a config with these sources, and two rules for each field."""
    rules = [
        "# Two examples: replace them. `digest match QUERY` tries a query on your papers.",
        "rules:",
    ]
    for rule in (rule for field in fields for rule in field.rules):
        rules += [
            f"  - name: {rule.name}",
            f"    keywords: [{', '.join(map(_quoted, rule.keywords))}]",
            f"    must_match: [{_quoted(rule.must_match)}]",
        ]
    return _config([_source(kind, fields) for kind in kinds], rules, wishes)


def config_with_rules(
    rules: str, kinds: Sequence[str], categories: Sequence[str], wishes: ConfigWishes
) -> str:
    """Return the text of a config with these sources and rules; `rules` is YAML."""
    sources = [f"arxiv: [{', '.join(categories)}]" if kind == "arxiv" else kind for kind in kinds]
    return _config(sources, ["rules:", rules], wishes)


def _config(sources: Sequence[str], rules: Sequence[str], wishes: ConfigWishes) -> str:
    lines = [
        "# What you want to read. `digest check` checks this file.",
        "# docs/config.md of the project lists every key, docs/rule-language.md explains rules.",
        "",
        "title: My papers",
        _line(
            "contact: {}",
            wishes.contact,
            "# contact: you@example.org   # services ask for an address",
        ),
        "site: true"
        if wishes.site
        else "# site: true                 # also make web pages of all digests",
        "",
        "# Where papers come from: docs/sources.md. `digest fetch --dry-run` prints the requests.",
        "sources:",
        *(f"  - {source}" for source in sources),
        "  - dumps/                      # lists of papers that you save yourself",
        "",
        *rules,
        "",
        "profiles:",
        "  - name: daily",
        "    # timezone: Europe/Zurich",
        _line('    at: "{}"', wishes.at, '    # at: "07:00"               # for `digest schedule`'),
        "    # limit: 40",
        *_mail(wishes.email),
        "",
    ]
    return "\n".join(lines)


def _line(line: str, value: str, otherwise: str) -> str:
    return line.format(value) if value else otherwise


def _mail(recipient: str) -> tuple[str, ...]:
    """Return the lines that send the digest to `recipient`, or a comment that shows how."""
    if not recipient:
        return ("    # email: {to: [you@example.org], from: digest@example.org}",)
    quoted = "'" + recipient.replace("'", "''") + "'"
    address = f"{{to: [{quoted}], from: {quoted}}}"
    server = "smtp: {host: localhost, port: 25}   # your mail server; `digest test-mail` tries it"
    return (f"    email: {address}", "", server)


def _source(kind: str, fields: Sequence[Field]) -> str:
    """Return one entry under `sources`."""
    if kind == "huggingface":
        return kind
    if kind in ("arxiv", "biorxiv", "medrxiv"):
        categories = dict.fromkeys(
            category for field in fields for category in getattr(field, kind)
        )
        return f"{kind}: [{', '.join(categories)}]" if categories else kind
    words = " OR ".join(_phrase(kind, field.query) for field in fields)
    return f"{kind}: {_quoted(words)}"


def _phrase(kind: str, words: str) -> str:
    return words if kind == "crossref" else f'"{words}"'


def _quoted(text: str) -> str:
    """Return text quoted for YAML, if it needs quotes."""
    if text[0] in "=*&!@%[{'\"" or ": " in text or " #" in text or "," in text or "?" in text:
        return "'" + text.replace("'", "''") + "'"
    return text
