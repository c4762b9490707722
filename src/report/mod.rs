//! Writers: one file a format. Each writes what [`find`](crate::Detector::find) found to any [`std::io::Write`].

pub mod style;
pub mod atomic;
pub(crate) mod sites;
pub mod evidence;
pub mod groups;
pub mod jsonl;
pub mod csv;
pub mod pairs;
pub mod matches;
pub mod table;
pub(crate) mod alignment;
pub mod side_by_side;
pub mod figure;
pub mod plot;
pub mod stored;
pub mod html;
