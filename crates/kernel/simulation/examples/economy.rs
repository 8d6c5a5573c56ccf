//! Runs the simulator and writes its report: `economy DIR [PROFILE] [DEVICES] [YEARS] [SEED] [KEY=VALUE…]`.

use std::{fs, path::Path, time::Instant};

use milepost_economics::Profile;
use milepost_simulation::{Assumptions, Options, Report, compare, run};

#[expect(clippy::print_stdout, reason = "a program for the terminal")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (sets, plain): (Vec<String>, Vec<String>) = arguments
        .into_iter()
        .partition(|argument| argument.contains('='));
    let word =
        |index: usize, default: &'static str| plain.get(index).map_or(default, String::as_str);
    let profile = Profile::load(word(1, "seed"))?;
    let options = Options {
        devices: word(2, "1000000").parse()?,
        years: word(3, "5").parse()?,
        seed: word(4, "1").parse()?,
        assumptions: Assumptions::default(),
    };
    let start = Instant::now();
    let (text, files, played);
    if sets.is_empty() {
        let outcome = run(&profile, &options)?;
        played = start.elapsed();
        let report = Report::from(&outcome);
        (text, files) = (report.terminal(), report.files());
    } else {
        let comparison = compare(&profile, &sets, &options)?;
        played = start.elapsed();
        let report = Report::from(&comparison);
        (text, files) = (report.terminal(), report.files());
    }
    let all = start.elapsed();
    let folder = Path::new(word(0, "economy-report"));
    for file in &files {
        let path = folder.join(&file.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, &file.contents)?;
    }
    println!(
        "{text}\n{} files; played in {played:.2?}, with report {all:.2?}",
        files.len()
    );
    Ok(())
}
