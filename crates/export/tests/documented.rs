//! `docs/findings.md` names every column of the table, and every word and code that the page has a sentence for.

const DOCUMENT: &str = include_str!("../../../docs/findings.md");
const PAGE: &str = include_str!("../../../src/words/codes.rs");

fn is_named(word: &str) -> bool {
    DOCUMENT.contains(&format!("`{word}`"))
}

/// The patterns of a function of `codes.rs`.
fn codes(function: &str) -> Vec<&'static str> {
    let from = PAGE.split_once(&format!("pub fn {function}(")).map_or("", |(_, from)| from);
    let body = from.split_once("\n}\n").map_or(from, |(body, _)| body);
    let arms = body.lines().filter_map(|line| line.trim().strip_prefix('"')?.split_once("\" =>"));
    arms.map(|(code, _)| code).collect()
}

#[test]
fn every_column_is_named() {
    let heading = export::table::heading();
    assert!(heading.split(',').count() > 40);
    for column in heading.trim_end().split(',') {
        assert!(is_named(column), "{column}");
    }
}

#[test]
fn every_limit_and_caution_is_named() {
    for (function, fewest) in [("limit", 15), ("caution", 6)] {
        let codes = codes(function);
        assert!(codes.len() >= fewest, "{codes:?}");
        for code in codes {
            assert!(is_named(code), "{code}");
        }
    }
}
