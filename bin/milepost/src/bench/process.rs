//! What the operating system says about a process and the machine. Linux.

use std::{
    fs::{self, File},
    io::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use serde::Serialize;

use super::load::{histogram, record};

/// Ticks of /proc/PID/stat in a second; 100 on every Linux there is.
const TICKS_PER_SEC: f64 = 100.0;

/// Processor time of a process, seconds.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Cpu(pub(crate) f64);

impl Cpu {
    pub(crate) fn of(pid: u32) -> Result<Self> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        Self::parse(&text).context("/proc/PID/stat is not as expected")
    }

    /// Of this process.
    pub(crate) fn own() -> Result<Self> {
        Self::of(std::process::id())
    }

    fn parse(stat: &str) -> Option<Self> {
        // The name may hold anything, also parentheses and spaces; user and system time are fields 14 and 15.
        let (_, rest) = stat.rsplit_once(')')?;
        let ticks = rest
            .split_whitespace()
            .skip(11)
            .take(2)
            .map(|field| field.parse::<u32>().ok());
        let ticks: Option<Vec<u32>> = ticks.collect();
        match ticks?.as_slice() {
            [user, system] => Some(Self(
                (f64::from(*user) + f64::from(*system)) / TICKS_PER_SEC,
            )),
            _ => None,
        }
    }

    pub(crate) fn since(self, earlier: Self) -> f64 {
        self.0 - earlier.0
    }
}

/// Most memory a process has held at once, MiB (VmHWM).
pub(crate) fn peak_rss_mib(pid: u32) -> Result<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kib = field(&text, "VmHWM:").and_then(|value| value.split(' ').next()?.parse::<u32>().ok());
    Ok(f64::from(kib.context("/proc/PID/status has no VmHWM")?) / 1024.0)
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        line.strip_prefix(name)
            .map(|value| value.trim_start_matches(['\t', ' ', ':']))
    })
}

/// What figures depend on.
#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    cpu: String,
    cores: usize,
    memory_mib: u64,
    kernel: String,
    /// Median time to append 4 KiB to a file beside the node's data and make it durable.
    fdatasync_4k_p50_us: u64,
}

impl Machine {
    /// `dir` is on the disk that the node uses.
    pub(crate) fn look(dir: &Path) -> Result<Self> {
        let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let kib = field(&memory, "MemTotal:")
            .and_then(|value| value.split(' ').next()?.parse::<u64>().ok());
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        Ok(Self {
            cpu: field(&cpu, "model name").unwrap_or("unknown").to_owned(),
            cores: std::thread::available_parallelism()?.get(),
            memory_mib: kib.unwrap_or(0) / 1024,
            kernel: kernel.trim().to_owned(),
            fdatasync_4k_p50_us: fdatasync_p50(&dir.join("probe"))?.as_micros().try_into()?,
        })
    }
}

fn fdatasync_p50(path: &Path) -> Result<Duration> {
    let mut file = File::create(path)?;
    let mut times = histogram()?;
    for _ in 0..100 {
        let begun = Instant::now();
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
        record(&mut times, begun.elapsed());
    }
    fs::remove_file(path)?;
    Ok(Duration::from_micros(times.value_at_quantile(0.5)))
}

/// Asks a child to stop.
#[expect(unsafe_code, reason = "std has no way to send SIGINT")]
pub(crate) fn interrupt(pid: u32) {
    let Ok(pid) = libc::pid_t::try_from(pid) else {
        return;
    };
    // SAFETY: kill(2) takes plain integers and touches no memory of ours; the child is not yet waited for, so that
    // its id is not reused, or has ended, which gives an ignored ESRCH.
    unsafe {
        libc::kill(pid, libc::SIGINT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_behind_any_name() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194560 9 0 0 0 150 25 0 0 20 0 9 0 5 6 7";
        assert_eq!(Cpu::parse(stat), Some(Cpu(1.75)));
        assert_eq!(Cpu::parse("7 (x) S 1"), None);
    }

    #[test]
    fn this_process_has_memory_and_time() {
        assert!(peak_rss_mib(std::process::id()).unwrap() > 1.0);
        assert!(Cpu::own().unwrap().0 >= 0.0);
    }

    #[test]
    fn a_field_is_found_by_its_name() {
        assert_eq!(
            field("a: 1\nmodel name\t: X 5\n", "model name"),
            Some("X 5")
        );
    }
}
