//! How much memory is used.

use std::path::Path;

use clap::Args;
use sysinfo::System;

use crate::detector::Builder;

/// How much memory is used.
#[derive(Debug, Args)]
pub(crate) struct Memory {
    /// About how much memory to use, such as 512M or 2G: what does not fit goes to temporary files [default: half of what
    /// is free]
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = "Running")]
    memory: Option<usize>,
}

impl Memory {
    /// The same detector, with so much memory and this folder for temporary files.
    pub(crate) fn bound(&self, builder: Builder, temp_dir: Option<&Path>) -> Builder {
        let bounded = builder.memory(self.memory.unwrap_or_else(half_of_what_is_free));
        match temp_dir {
            Some(folder) => bounded.temp_dir(folder),
            None => bounded,
        }
    }
}

/// Half of the memory that is free here, in a container of what that one has; where the system does not tell, any amount.
fn half_of_what_is_free() -> usize {
    let mut system = System::new();
    system.refresh_memory();
    let free = system.cgroup_limits().map_or_else(|| system.available_memory(), |limits| limits.free_memory);
    if free == 0 { usize::MAX } else { usize::try_from(free / 2).unwrap_or(usize::MAX) }
}

/// Has the system give memory by small pages from now on, where it can be told. By large ones two megabytes are cleared
/// wherever a thread needs the first few kilobytes of something; where the memory of processes that ended has gone back to
/// the host of a virtual machine, that took up to a third of a short run.
pub(crate) fn by_small_pages() {
    // Nothing depends on it but time.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

/// The bytes of a size such as `512M`, `1.5G` or `2 GiB`.
pub(crate) fn size(text: &str) -> Result<usize, String> {
    let refused = || format!("{text:?} is no size: give one such as 512M or 2G, of 1M or more");
    let digits = text.trim().find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.trim().len());
    let (number, unit) = text.trim().split_at(digits);
    let unit = unit.trim().to_ascii_uppercase();
    let shift = match unit.trim_end_matches('B').trim_end_matches('I') {
        "K" => 10,
        "M" => 20,
        "G" => 30,
        "T" => 40,
        "" => 0,
        _ => return Err(refused()),
    };
    let bytes = number.parse::<f64>().map_err(|_| refused())? * f64::from(shift).exp2();
    if bytes < f64::from(1 << 20) { Err(refused()) } else { Ok(bytes as usize) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, bytes) in [
            ("512M", 512 << 20),
            ("2G", 2 << 30),
            ("2 GiB", 2 << 30),
            ("1.5g", 3 << 29),
            ("1048576", 1 << 20),
            ("2048K", 2 << 20),
            ("1TB", 1 << 40),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "G", "2X", "-1G", "1.2.3G", "1000", "0", "many"] {
            assert!(size(text).is_err_and(|told| told.contains("512M")), "{text}");
        }
    }

    #[test]
    fn some_memory_is_free() {
        assert!(half_of_what_is_free() > 1 << 20);
    }
}
