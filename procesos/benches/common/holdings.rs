//! What a process holds: it has to be the same before and after.

use std::fs;

use serde::{Deserialize, Serialize};

/// See the module.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Holdings {
    pub(crate) descriptors: usize,
    /// Lines of `/proc/self/maps`.
    pub(crate) mappings: usize,
    /// Resident memory.
    pub(crate) kibibytes: usize,
    /// Children, living or to be reaped.
    pub(crate) children: usize,
}

const SLACK_MAPPINGS: usize = 6;

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

impl Holdings {
    /// Of a process of one thread.
    pub(crate) fn of(pid: u32) -> Self {
        let status = read(&format!("/proc/{pid}/status"));
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        Self {
            descriptors: fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count),
            mappings: read(&format!("/proc/{pid}/maps")).lines().count(),
            kibibytes: resident.trim().trim_end_matches(" kB").parse().unwrap_or(0),
            children: read(&format!("/proc/{pid}/task/{pid}/children")).split_whitespace().count(),
        }
    }

    /// What is more than before; of memory, by more than so many KiB, which the allocator may keep.
    pub(crate) fn beyond(&self, before: &Self, kept: usize) -> Vec<String> {
        let mut told = Vec::new();
        let mut check = |what: &str, before: usize, after: usize, slack: usize| {
            if after > before + slack {
                told.push(format!("{what}: {before} became {after}"));
            }
        };
        check("descriptors", before.descriptors, self.descriptors, 0);
        check("mappings", before.mappings, self.mappings, SLACK_MAPPINGS);
        check("KiB of memory", before.kibibytes, self.kibibytes, kept);
        check("children", before.children, self.children, 0);
        told
    }
}
