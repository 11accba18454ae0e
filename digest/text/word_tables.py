"""Tables of irregular plurals and of British spellings, as data.

`digest.text.folding` applies them.
"""

from __future__ import annotations

from typing import Final

_IRREGULAR = """
algae:alga aliases:alias alumni:alumnus analyses:analysis antennae:antenna apices:apex
apparatuses:apparatus appendices:appendix atlases:atlas automata:automaton axes:axis
bacteria:bacterium biases:bias bonuses:bonus bronchi:bronchus buses:bus calves:calf
campuses:campus canvases:canvas censuses:census children:child continua:continuum corpora:corpus
corpuses:corpus cortices:cortex crises:crisis criteria:criterion curricula:curriculum
diagnoses:diagnosis echoes:echo embryos:embryo emojis:emoji equilibria:equilibrium
errata:erratum extrema:extremum feet:foot foci:focus focuses:focus formulae:formula fungi:fungus
ganglia:ganglion gases:gas geese:goose genera:genus halves:half helices:helix heroes:hero
hippocampi:hippocampus hypotheses:hypothesis indices:index knives:knife larvae:larva
lemmata:lemma lenses:lens loci:locus matrices:matrix maxima:maximum memoranda:memorandum men:man
menus:menu metastases:metastasis mice:mouse millennia:millennium minima:minimum
mitochondria:mitochondrion momenta:momentum mosquitoes:mosquito neuroses:neurosis nuclei:nucleus
octopuses:octopus optima:optimum ova:ovum parentheses:parenthesis phenomena:phenomenon
plateaus:plateau polyhedra:polyhedron potatoes:potato prognoses:prognosis quanta:quantum
quizzes:quiz radii:radius schemata:schema sera:serum shelves:shelf simplices:simplex
spectra:spectrum statuses:status stimuli:stimulus strata:stratum supernovae:supernova
syllabi:syllabus symposia:symposium syntheses:synthesis taxa:taxon teeth:tooth
tetrahedra:tetrahedron thalami:thalamus theses:thesis ties:tie tomatoes:tomato tori:torus
tornadoes:tornado tsunamis:tsunami uteri:uterus vacua:vacuum vertebrae:vertebra vertices:vertex
viruses:virus volcanoes:volcano vortices:vortex wikis:wiki wolves:wolf women:woman zeroes:zero
"""
_UNCHANGED = """
acoustics aerodynamics aeronautics aesthetics alas alias always analysis analytics apparatus
astronautics astrophysics athletics atlas avionics ballistics bias bibliometrics bioethics
bioinformatics biophysics canvas chromodynamics cryogenics cybernetics cytogenetics debias
diabetes does dynamics econometrics economics electrodynamics electronics epigenetics
epigenomics ergonomics ethics fakenews forensics genetics genomics geophysics geriatrics goes
goods graphics gymnastics herpes hydraulics hydrodynamics hypothesis informatics kinematics
kinetics lens linguistics logistics logitlens mars mathematics measles mechanics mechatronics
metabolomics metagenomics metalens metaphysics multiomics mumps news obstetrics omics optics
paediatrics pediatrics perhaps pharmacodynamics pharmacokinetics phonetics photonics physics
plasmonics politics pragmatics proteomics psychometrics rabies robotics scientometrics semantics
series species thermodynamics thus transcriptomics undergoes versus whereas
"""
_PREFIXES = """
behaviour:behavior colour:color favour:favor flavour:flavor harbour:harbor honour:honor
humour:humor labour:labor neighbour:neighbor rumour:rumor tumour:tumor vapour:vapor vigour:vigor
odour:odor endeavour:endeavor armour:armor savour:savor rigour:rigor splendour:splendor
misbehaviour:misbehavior discolour:discolor modelled:modeled modeller:modeler modelling:modeling
labelled:labeled labeller:labeler labelling:labeling travelled:traveled traveller:traveler
travelling:traveling cancelled:canceled canceller:canceler cancelling:canceling
signalled:signaled signaller:signaler signalling:signaling channelled:channeled
channeller:channeler channelling:channeling levelled:leveled leveller:leveler levelling:leveling
tunnelled:tunneled tunneller:tunneler tunnelling:tunneling fuelled:fueled fueller:fueler
fuelling:fueling equalled:equaled equaller:equaler equalling:equaling totalled:totaled
totaller:totaler totalling:totaling marshalled:marshaled marshaller:marshaler
marshalling:marshaling panelled:paneled paneller:paneler panelling:paneling relabelled:relabeled
relabeller:relabeler relabelling:relabeling mislabelled:mislabeled mislabeller:mislabeler
mislabelling:mislabeling unlabelled:unlabeled unlabeller:unlabeler unlabelling:unlabeling
remodelled:remodeled remodeller:remodeler remodelling:remodeling haem:hem anaem:anem
leukaem:leukem ischaem:ischem paed:ped orthopaed:orthoped oestr:estr oedema:edema foet:fet
gynaec:gynec aetiolog:etiolog faec:fec palaeo:paleo anaesth:anesth oesoph:esoph
diarrhoea:diarrhea hypoglycaem:hypoglycem hyperglycaem:hyperglycem glycaem:glycem
encyclopaed:encycloped sulph:sulf aluminium:aluminum mould:mold plough:plow sceptic:skeptic
artefact:artifact judgement:judgment acknowledgement:acknowledgment manoeuvr:maneuver
defence:defense offence:offense catalogue:catalog fibre:fiber
"""
_WORDS = """
manoeuvre:maneuver enrolment:enrollment focussed:focused focussing:focusing ageing:aging
grey:gray programme:program licence:license dialogue:dialog analogue:analog centre:center
centred:centered metre:meter kilometre:kilometer centimetre:centimeter millimetre:millimeter
micrometre:micrometer nanometre:nanometer litre:liter theatre:theater calibre:caliber
lustre:luster fulfil:fulfill enrol:enroll skilful:skillful analyse:analyze analysed:analyzed
analyser:analyzer analysing:analyzing catalyse:catalyze catalysed:catalyzed paralyse:paralyze
paralysed:paralyzed hydrolyse:hydrolyze hydrolysed:hydrolyzed
"""
_SUFFIXES = """
wise:wise noise:noise isation:ization ised:ized ising:izing iser:izer ise:ize
"""
_WHOLE_ONLY = """
halves shelves knives wolves genera graphics aesthetics always perhaps whereas
"""


def _pairs(table: str) -> dict[str, str]:
    return dict(entry.split(":") for entry in table.split())


PLURALS: Final = _pairs(_IRREGULAR) | {word: word for word in _UNCHANGED.split()}
"""The singular of each plural; words that only look like plurals map to themselves."""
WHOLE_ONLY: Final = frozenset(_WHOLE_ONLY.split())
"""Long words of `PLURALS` that do not apply to longer words that end in them."""
SPELLED_WORDS: Final = _pairs(_WORDS)
SPELLED_PREFIXES: Final = _pairs(_PREFIXES)
"""In the order in which they are tried."""
SPELLED_SUFFIXES: Final = _pairs(_SUFFIXES)
