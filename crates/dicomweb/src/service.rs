//! The DICOMweb service that a site names in `site.json`, beside the page.

use serde::{Deserialize, Serialize};

/// What `site.json` may hold. `{}` is a page without a PACS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Site {
    dicomweb: Option<Service>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// What people there call it.
    pub name: String,
    /// Its address, relative to the page or whole; a slash at its end.
    pub url: String,
    /// For how long it may say nothing.
    #[serde(default = "patience")]
    pub timeout_seconds: u32,
}

fn patience() -> u32 {
    60
}

impl Service {
    /// The service that the file names, if it names one.
    pub fn of_site(json: &str) -> Result<Option<Self>, serde_json::Error> {
        let Site { dicomweb } = serde_json::from_str(json)?;
        Ok(dicomweb.map(Self::tidied))
    }

    /// What the file of a site with this service is.
    pub fn to_site(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&Site { dicomweb: Some(self.clone()) })
    }

    fn tidied(mut self) -> Self {
        self.name = self.name.trim().to_owned();
        if self.name.is_empty() {
            self.name = "PACS".into();
        }
        if !self.url.ends_with('/') {
            self.url.push('/');
        }
        self
    }

    /// What a policy must allow of other origins: the address itself, if it is whole, and fit to stand in a policy.
    pub fn elsewhere(&self) -> Option<&str> {
        let whole = self.url.starts_with("https://") || self.url.starts_with("http://");
        let plain =
            |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b';' | b',' | b'\'' | b'"');
        (whole && self.url.bytes().all(plain)).then_some(&self.url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_names_its_service_or_none() {
        assert_eq!(Service::of_site("{}").unwrap(), None);
        let service =
            Service::of_site(r#"{"dicomweb":{"name":" Hospital PACS ","url":"dicomweb"}}"#);
        let service = service.unwrap().unwrap();
        assert_eq!((&*service.name, &*service.url), ("Hospital PACS", "dicomweb/"));
        assert_eq!(service.timeout_seconds, 60);
        assert_eq!(Service::of_site(&service.to_site().unwrap()).unwrap(), Some(service));
        for bad in ["", "[]", r#"{"dicomweb":{"name":"x"}}"#, "<html>"] {
            assert!(Service::of_site(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_a_policy_is_told() {
        let service = |url: &str| Service { name: "x".into(), url: url.into(), timeout_seconds: 1 };
        let there = service("https://pacs.example/dicom-web/");
        assert_eq!(there.elsewhere(), Some("https://pacs.example/dicom-web/"));
        for here in [
            "dicomweb/",
            "/dicomweb/",
            "//pacs.example/",
            "https://x/; script-src *",
            "https://x/ 'self'",
        ] {
            assert_eq!(service(here).elsewhere(), None, "{here}");
        }
    }
}
