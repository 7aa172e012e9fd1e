//! QIDO-RS answers (PS3.18 10.6, DICOM JSON of annex F) as rows. Servers differ; what can't be read is empty, and a row
//! without a UID is none, as nothing could be asked of it.

use crate::address::is_uid;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// No text of a row is longer, in characters: a name is not.
const LONGEST: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StudyRow {
    pub uid: String,
    pub patient_name: String,
    pub patient_id: String,
    /// As DICOM writes a date: YYYYMMDD.
    pub date: String,
    pub description: String,
    pub accession_number: String,
    /// Modalities in Study; empty where the server does not tell.
    pub modalities: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesRow {
    pub uid: String,
    pub modality: String,
    pub number: Option<i32>,
    pub description: String,
    pub instances: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    pub uid: String,
    pub number: Option<i32>,
}

/// The datasets of an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matches(Vec<Map<String, Value>>);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer is not DICOM JSON")]
pub struct NotJson;

impl Matches {
    /// An empty body is an answer, too: 204 where nothing matches.
    pub fn read(body: &[u8]) -> Result<Self, NotJson> {
        if body.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_slice(body).map(Self).map_err(|_| NotJson)
    }

    /// Studies that hold a CT, or may; the newest first.
    pub fn studies(&self) -> Vec<StudyRow> {
        let row = |set| {
            Some(StudyRow {
                uid: uid(set, "0020000D")?,
                patient_name: text(set, "00100010").trim_end_matches('^').replace('^', " "),
                patient_id: text(set, "00100020"),
                date: text(set, "00080020"),
                description: text(set, "00081030"),
                accession_number: text(set, "00080050"),
                modalities: texts(set, "00080061").join(", "),
            })
        };
        let may_be_ct = |row: &StudyRow| row.modalities.is_empty() || row.modalities.contains("CT");
        let mut rows: Vec<_> = self.0.iter().filter_map(row).filter(may_be_ct).collect();
        rows.sort_by(|a, b| b.date.cmp(&a.date));
        rows
    }

    /// Series that are a CT, or may be, by number.
    pub fn series(&self) -> Vec<SeriesRow> {
        let row = |set| {
            Some(SeriesRow {
                uid: uid(set, "0020000E")?,
                modality: text(set, "00080060"),
                number: number(set, "00200011"),
                description: text(set, "0008103E"),
                instances: number(set, "00201209").and_then(|n| n.try_into().ok()),
            })
        };
        let may_be_ct = |row: &SeriesRow| matches!(&*row.modality, "" | "CT");
        let mut rows: Vec<_> = self.0.iter().filter_map(row).filter(may_be_ct).collect();
        rows.sort_by_key(|row| row.number);
        rows
    }

    /// Instances by number, each once.
    pub fn instances(&self) -> Vec<Instance> {
        let row =
            |set| Some(Instance { uid: uid(set, "00080018")?, number: number(set, "00200013") });
        let mut rows: Vec<Instance> = self.0.iter().filter_map(row).collect();
        rows.sort_by(|a, b| (a.number, &a.uid).cmp(&(b.number, &b.uid)));
        rows.dedup();
        rows
    }
}

fn uid(set: &Map<String, Value>, tag: &str) -> Option<String> {
    Some(text(set, tag)).filter(|uid| is_uid(uid))
}

fn number(set: &Map<String, Value>, tag: &str) -> Option<i32> {
    text(set, tag).parse().ok()
}

fn text(set: &Map<String, Value>, tag: &str) -> String {
    texts(set, tag).into_iter().next().unwrap_or_default()
}

/// The values of an element, as text.
pub(crate) fn texts(set: &Map<String, Value>, tag: &str) -> Vec<String> {
    let values = match set.get(tag).and_then(|element| element.get("Value")) {
        Some(Value::Array(values)) => values.as_slice(),
        Some(value) => std::slice::from_ref(value),
        None => &[],
    };
    values.iter().filter_map(shown).take(32).collect()
}

fn shown(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        // Person names come in up to three scripts; the one that people there write goes first.
        Value::Object(name) => ["Ideographic", "Alphabetic", "Phonetic"]
            .iter()
            .filter_map(|script| name.get(*script)?.as_str())
            .find(|name| !name.is_empty())?
            .to_owned(),
        _ => return None,
    };
    let clean: String = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    let clean = clean.trim();
    (!clean.is_empty()).then(|| clean.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Matches {
        Matches::read(json.as_bytes()).unwrap()
    }

    #[test]
    fn studies_newest_first_with_what_is_known() {
        let rows = read(
            r#"[{"0020000D":{"vr":"UI","Value":["1.2"]},"00080020":{"vr":"DA","Value":["20240101"]},
                 "00100010":{"vr":"PN","Value":[{"Alphabetic":"Hong^Gildong^^"}]},
                 "00100020":{"vr":"LO","Value":["7"]},"00080050":{"vr":"SH"},
                 "00080061":{"vr":"CS","Value":["CT","SR"]},"00081030":{"vr":"LO","Value":["KUB",null]}},
                {"0020000D":{"vr":"UI","Value":["1.3"]},"00080020":{"vr":"DA","Value":["20250101"]},
                 "00100010":{"vr":"PN","Value":["Plain^Text"]},"00100020":{"Value":[8]}},
                {"0020000D":{"vr":"UI","Value":["1.4"]},"00080061":{"vr":"CS","Value":["MR"]}},
                {"0020000D":{"vr":"UI","Value":["../../x"]}}, {"00100020":{"vr":"LO","Value":["no uid"]}}]"#,
        )
        .studies();
        let told: Vec<_> = rows
            .iter()
            .map(|r| (&*r.uid, &*r.patient_name, &*r.patient_id, &*r.modalities))
            .collect();
        assert_eq!(told, [("1.3", "Plain Text", "8", ""), ("1.2", "Hong Gildong", "7", "CT, SR")]);
        assert_eq!(rows[1].description, "KUB");
    }

    #[test]
    fn series_and_instances_by_number() {
        let rows = read(
            r#"[{"0020000E":{"Value":["1.2"]},"00080060":{"Value":["CT"]},"00200011":{"Value":["3"]},
                 "0008103E":{"Value":["thin"]},"00201209":{"Value":[12]}},
                {"0020000E":{"Value":["1.1"]},"00080060":{"Value":["CT"]},"00200011":{"Value":[2]}},
                {"0020000E":{"Value":["1.9"]},"00080060":{"Value":["SEG"]}}]"#,
        )
        .series();
        assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [Some(2), Some(3)]);
        assert_eq!((&*rows[1].description, rows[1].instances), ("thin", Some(12)));
        let rows = read(
            r#"[{"00080018":{"Value":["1.2"]},"00200013":{"Value":[10]}},
                {"00080018":{"Value":["1.1"]},"00200013":{"Value":[2]}},
                {"00080018":{"Value":["1.1"]},"00200013":{"Value":[2]}}]"#,
        )
        .instances();
        assert_eq!(rows.iter().map(|row| &*row.uid).collect::<Vec<_>>(), ["1.1", "1.2"]);
    }

    #[test]
    fn nothing_and_what_is_no_answer() {
        assert!(read("").studies().is_empty() && read("[]").series().is_empty());
        for other in ["<!doctype html>", "{}", "null", "[1]", "[{]", "\u{feff}[]"] {
            assert_eq!(Matches::read(other.as_bytes()), Err(NotJson), "{other}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(Matches::read(deep.as_bytes()), Err(NotJson));
    }

    #[test]
    fn texts_are_short_and_without_controls() {
        let long = "x".repeat(1 << 20);
        let json = format!(
            r#"[{{"0020000D":{{"Value":["1"]}},"00100010":{{"Value":["<b>a\u0000\u001b[31m"]}},
                  "00081030":{{"Value":["{long}"]}}}}]"#
        );
        let [row] = &read(&json).studies()[..] else { unreachable!() };
        assert_eq!(row.patient_name, "<b>a[31m");
        assert_eq!(row.description.len(), LONGEST);
    }
}
