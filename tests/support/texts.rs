//! Three articles that the tests of the command line are told with.

pub(crate) const BRIDGE: &str = "The swing bridge over the inner basin will close for eleven nights from Monday while engineers \
    replace its worn bearings, the port authority said. Ferries will run every twenty minutes until two in the \
    morning, and lorries bound for the fish market must take the coast road through Ardle. The work was put off twice \
    last year because the bearings, forged in 1931, had to be cast again by a foundry in Sheffield. Traders on the \
    north quay fear for the spring season and have asked the council to suspend their rates until the span swings.";

pub(crate) const ORCHARD: &str = "Growers in the Vale of Torrin lost a third of their cherry blossom to a single night of frost, \
    the steepest loss since records began in 1957. Fires were lit between the rows from midnight, but the cold air \
    lay too deep for the smoke to lift it. Hanna Brandt, who farms forty hectares above Lissing, said that the pears \
    had come through and that the plums might yet surprise everyone. The growers' union wants the state to insure \
    orchards as it insures grain, a demand that the ministry has turned down three times.";

pub(crate) const LIBRARY: &str = "The town library has abolished fines for overdue books after a year in which it collected less \
    than it spent on reminders. Readers returned nine hundred volumes in the first week, among them an atlas that had \
    been due in 1988. The librarian, Oswin Peake, keeps the atlas on his desk and says that nobody has dared to ask \
    for it. Fines brought in four thousand crowns a year, and the letters that demanded them cost five. Other towns \
    along the coast are watching, and two of them mean to follow in autumn.";
