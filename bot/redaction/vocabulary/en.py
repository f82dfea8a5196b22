"""English words of ordinary sentences; lower case, without accents and apostrophes."""

FILLERS = """
a actually again already also always am an are be been being can cant could couldnt did didnt do does doesnt dont ever
had hadnt has hasnt have havent he her here his i id ill im is it its ive just long maybe me more most much my never
no not now one only our perhaps probably quite really she should shouldnt so still that the their there these they
theyre this those today too us very was we were will wont would wouldnt yesterday yet you your youre
"""

STATES = """
accepted accepting active also anymore arrived arriving asked asking blocked broken case changed coming complex
compromised correct different difficult disabled easy empty expired exposed fake fine forgot forgotten found frozen
gone good hacked hard hidden incorrect invalid know known leaked locked lost missing mistyped needed new ok okay old
outdated personal private ready recall recover recovered refused rejected remember remembered requested required reset
right safe same saved secret secure sensitive set short shown simple stolen stored strange strong temporary typed
unknown unsafe valid visible weak working works written wrong
"""

LEADS_ON = """
about after and as at because before but by for from help how if in of on or please since so than thanks that then to
until what whats when where which while who why with without
"""

TALK = """
account accounts address admin again agent alone already android anything app application arrive arrived ask asking
attempt back bit blank browser button bye call cancel cant card cell cellphone chat check checking chrome click clicked
close closed code codes come comes coming computer confirm confirmed confused connect connection continue correct
course desktop device did didnt different do does doesnt doing done dont down e-mail email emails enter entered
entering error everything expired fail failed fails fine finish finished firefox first forget forgot forgotten give go
goes going good got great hacked hang happen happened happening happens he hello help here hey hi hm hold how human
hurry idea ill im inbox internet iphone is isnt it its just keep keyboard kind know known language laptop later leave
let letme lets line link links load loading loads locked log logged login look looking lost lots lunch mail mailed
manager maybe meeting member message messages method mind minute minutes mistake mobile moment moments morning much
must name need network never nevermind new nice no nobody none nope not nothing now number ok okay old one online onto
open opened opening opens operator option other owner page pages passphrase password passwords paste pause pc people
perfect person phone phones pin please pls plz popped popup popups possible press pressed problem problems proceed
process question quick ready really received recover recovery refresh refuses reload remember remove repeat reply
report reset restart retry right robot safari safe said same saw say says screen second seconds security see seems send
sent set show shows sign signed simple site slow somebody someone something soon sorry sounds spam start started status
stay step steps still stop stopped strange stuck support sure switch tab talk tell thank thanks that there thing think
thx time times tks today tomorrow tonight tried try trying two type typed typing unable understand until update use
used using wait waiting want website went what whats when where which who why window wont work worked working works
worry write wrong yeah yep yes yet you
"""
