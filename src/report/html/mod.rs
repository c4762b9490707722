//! `group --html`, `report`: one page that holds everything, for a browser without a network.
//!
//! The page holds a list of all groups, which it shows at once, and the texts in compressed blocks, which it opens one
//! at a time. Nothing that comes from an article is ever markup: it stands in JSON and base64, and the script makes
//! text of it.

mod blocks;
mod index;
mod page;

pub use page::Report;
