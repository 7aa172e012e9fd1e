//! UIDs, the addresses that are made of them, and links that name an exam. Nothing that a server or a link says comes
//! into an address unless it is a UID.

use serde::{Deserialize, Serialize};

/// PS3.5 9.1: up to 64 digits and dots. Zeros that lead a component are wrong there, and in use.
pub fn is_uid(text: &str) -> bool {
    let component = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    text.len() <= 64 && text.split('.').all(component)
}

/// Whether a path is one of studies, series or instances below a study (PS3.18 10.4 to 10.6), and no other.
pub fn is_resource(path: &str) -> bool {
    let levels = ["studies", "series", "instances"];
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |(n, part): (usize, &&str)| match n % 2 {
        0 => levels.get(n / 2) == Some(part),
        _ => is_uid(part),
    };
    parts.len() <= 2 * levels.len() && parts.iter().enumerate().all(fits)
}

/// A search for studies. What is empty is not asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    /// As it begins, or with the signs `*` and `?` of PS3.4 C.2.2.2.4.
    pub patient_name: String,
    pub patient_id: String,
    pub accession_number: String,
    /// Days as a form gives them, YYYY-MM-DD, or as DICOM writes them.
    pub from: String,
    pub to: String,
}

/// Studies that are listed at most; one more is asked for, to know whether there are more.
pub const MOST_STUDIES: usize = 100;
/// Series of a study, and instances of a series.
pub const MOST_BELOW: usize = 20_000;

impl Query {
    /// The address of the search below the service's own.
    pub fn address(&self) -> String {
        let mut address = format!("studies?limit={}&ModalitiesInStudy=CT", MOST_STUDIES + 1);
        let mut ask = |name: &str, value: &str| {
            let value = value.trim();
            if !value.is_empty() {
                address.push_str(&format!("&{name}={}", escaped(value)));
            }
        };
        ask("PatientName", &begins(&self.patient_name));
        ask("PatientID", &self.patient_id);
        ask("AccessionNumber", &self.accession_number);
        let (from, to) = (day(&self.from), day(&self.to));
        if !from.is_empty() || !to.is_empty() {
            // PS3.4 C.2.2.2.5: a range may be open on one side.
            ask("StudyDate", &if from == to { from } else { format!("{from}-{to}") });
        }
        // Study Description and the modalities are not returned unless they are asked for.
        ask("includefield", "00081030");
        ask("includefield", "00080061");
        address
    }
}

/// What a name matches whose parts begin so, unless the person says otherwise: hardly anyone types a whole name with its
/// carets, and Orthanc 1.10 finds none by a caret. `*` alone would ask for everybody.
fn begins(name: &str) -> String {
    let name = name.trim();
    if name.contains(['*', '?']) {
        return name.into();
    }
    let parts = name.split(['^', ',', ' ']).filter(|part| !part.is_empty());
    parts.map(|part| format!("{part}*")).collect()
}

/// The digits of a day, or nothing.
fn day(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.len() == 8 { digits } else { String::new() }
}

/// RFC 3986, 2.1: all but the unreserved characters.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        match byte {
            // RFC 3986 allows a query its asterisks, and Orthanc 1.10 takes no others for wildcards.
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'*' => {
                escaped.push(byte.into());
            }
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

/// Where objects are stored.
pub const STORE: &str = "studies";

/// The series of a study. `None` of what is no UID.
pub fn series(study: &str) -> Option<String> {
    is_uid(study)
        .then(|| format!("studies/{study}/series?limit={MOST_BELOW}&includefield=0008103E"))
}

/// A series itself, for WADO-RS.
pub fn of_series(study: &str, series: &str) -> Option<String> {
    (is_uid(study) && is_uid(series)).then(|| format!("studies/{study}/series/{series}"))
}

/// The instances of a series.
pub fn instances(study: &str, series: &str) -> Option<String> {
    Some(format!("{}/instances?limit={MOST_BELOW}", of_series(study, series)?))
}

/// One instance, for WADO-RS.
pub fn of_instance(study: &str, series: &str, instance: &str) -> Option<String> {
    is_uid(instance).then_some(())?;
    Some(format!("{}/instances/{instance}", of_series(study, series)?))
}

/// What the address of the page asks to be opened: `?study=UID&series=UID`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub study: String,
    pub series: Option<String>,
}

impl Link {
    /// `None` where no study is asked for; an error where what stands there is no UID.
    pub fn of_search(search: &str) -> Option<Result<Self, NoUid>> {
        let value = |name: &str| {
            let pairs = search.trim_start_matches('?').split('&');
            pairs.filter_map(|pair| pair.split_once('=')).find(|(of, _)| *of == name)
        };
        let (_, study) = value("study")?;
        let series = value("series").map(|(_, uid)| uid.to_owned());
        let sound = is_uid(study) && series.as_deref().is_none_or(is_uid);
        Some(if sound { Ok(Self { study: study.into(), series }) } else { Err(NoUid) })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the link names no study by its UID")]
pub struct NoUid;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uids() {
        for uid in
            ["1", "1.2.840.10008.1.2", "2.25.329800735698586629295641978511506172918", "1.02"]
        {
            assert!(is_uid(uid), "{uid}");
        }
        let long = "1.".repeat(32) + "1";
        for text in ["", ".", "1.", ".1", "1..2", "1.a", "1/2", "1.2 ", "../1", "1%2e2", "١", &long]
        {
            assert!(!is_uid(text), "{text}");
        }
    }

    #[test]
    fn resources() {
        for path in ["studies", "studies/1.2", "studies/1/series", "studies/1/series/2/instances/3"]
        {
            assert!(is_resource(path), "{path}");
        }
        for path in [
            "",
            "/studies",
            "studies/",
            "studies/../studies",
            "series",
            "studies/1/instances",
            "studies/1/series/2/instances/3/rendered",
            "studies/1/metadata",
            "studies/1/series/x",
        ] {
            assert!(!is_resource(path), "{path}");
        }
    }

    #[test]
    fn a_search_asks_for_what_is_filled_in() {
        let empty = Query::default().address();
        assert_eq!(
            empty,
            "studies?limit=101&ModalitiesInStudy=CT&includefield=00081030&includefield=00080061"
        );
        let query = Query {
            patient_name: " Hong^G ".into(),
            patient_id: " A&B=1 ü".into(),
            accession_number: "7".into(),
            from: "2024-02-01".into(),
            to: "2024-02-29".into(),
        };
        let address = query.address();
        assert!(address.contains("&PatientName=Hong*G*&PatientID="), "{address}");
        let name = |name: &str| Query { patient_name: name.into(), ..Query::default() }.address();
        assert!(name("*gildong").contains("&PatientName=*gildong&"));
        assert_eq!(name("  "), empty);
        assert!(address.contains("&PatientID=A%26B%3D1%20%C3%BC&"), "{address}");
        assert!(address.contains("&AccessionNumber=7&StudyDate=20240201-20240229&"), "{address}");
        let one = |from: &str, to: &str| {
            Query { from: from.into(), to: to.into(), ..Query::default() }.address()
        };
        assert!(one("2024-02-01", "2024-02-01").contains("&StudyDate=20240201&"));
        assert!(one("2024-02-01", "").contains("&StudyDate=20240201-&"));
        assert!(one("", "20240229").contains("&StudyDate=-20240229&"));
        assert_eq!(one("yesterday", ""), empty);
    }

    #[test]
    fn addresses_are_made_of_uids_only() {
        assert_eq!(of_series("1", "2").as_deref(), Some("studies/1/series/2"));
        assert_eq!(of_instance("1", "2", "3").as_deref(), Some("studies/1/series/2/instances/3"));
        assert!(of_series("1", "../2").is_none() && series("1?x").is_none());
        assert!(of_instance("1", "2", "3/rendered").is_none() && instances("", "2").is_none());
    }

    #[test]
    fn links() {
        let link = |study: &str, series: Option<&str>| {
            Some(Ok(Link { study: study.into(), series: series.map(Into::into) }))
        };
        assert_eq!(Link::of_search("?study=1.2&series=3.4"), link("1.2", Some("3.4")));
        assert_eq!(Link::of_search("?x=&series=3.4&study=1.2&study=9"), link("1.2", Some("3.4")));
        assert_eq!(Link::of_search("?study=1.2"), link("1.2", None));
        for nothing in ["", "?", "?series=1.2", "?studies=1", "?study"] {
            assert_eq!(Link::of_search(nothing), None, "{nothing}");
        }
        for bad in ["?study=", "?study=1.2&series=", "?study=<b>", "?study=1%2E2", "?study=1/../2"]
        {
            assert_eq!(Link::of_search(bad), Some(Err(NoUid)), "{bad}");
        }
    }
}
