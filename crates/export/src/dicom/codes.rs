//! Coded words of DICOM (PS3.16), SNOMED CT, LOINC, UCUM and IBSI, and the few of our own.

use super::data::{Data, Element, data, items, text};
use dicom_core::VR;
use dicom_core::header::Tag;
use dicom_dictionary_std::tags;
use stones::Stone;
use stones::findings::{Hand, Kind, Label, Level, Side};

/// Value, scheme and meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code(pub &'static str, pub &'static str, pub &'static str);

impl Code {
    pub fn item(self) -> Data {
        let Code(value, scheme, meaning) = self;
        data([
            text(tags::CODE_VALUE, VR::SH, value),
            text(tags::CODING_SCHEME_DESIGNATOR, VR::SH, scheme),
            text(tags::CODE_MEANING, VR::LO, meaning),
        ])
    }

    pub fn meaning(self) -> &'static str {
        self.2
    }

    /// A sequence that holds this code alone.
    pub fn of(self, tag: Tag) -> Element {
        items(tag, [self.item()])
    }
}

/// The scheme of the codes that no standard has.
pub const OWN: &str = "99LITHO";

macro_rules! codes {
    ($($name:ident: $value:literal $scheme:literal $meaning:literal;)*) => {
        $(pub const $name: Code = Code($value, $scheme, $meaning);)*
    };
}

codes! {
    ABNORMAL_STRUCTURE: "49755003" "SCT" "Morphologically Abnormal Structure";
    CALCULUS: "56381008" "SCT" "Calculus";
    KIDNEY_STONE: "95570007" "SCT" "Kidney stone";
    URETERIC_STONE: "31054009" "SCT" "Ureteric stone";
    BLADDER_STONE: "70650003" "SCT" "Urinary bladder stone";
    CALCIFIED_PLAQUE: "29483008" "SCT" "Calcified atheromatous plaque";
    BODY_SUBSTANCE: "91720002" "SCT" "Body Substance";
    ABDOMEN_AND_PELVIS: "818982008" "SCT" "Abdomen and Pelvis";
    PHLEBOLITH: "PHLEBOLITH" "99LITHO" "Phlebolith";
    BOWEL_CONTENT: "BOWEL" "99LITHO" "Content of the bowel";
    OTHER: "OTHER" "99LITHO" "Other than a stone";
    KIDNEY: "64033007" "SCT" "Kidney";
    RENAL_PELVIS: "25990002" "SCT" "Renal pelvis";
    URETER: "87953007" "SCT" "Ureter";
    BLADDER: "89837001" "SCT" "Bladder";
    URINARY_TRACT: "431938005" "SCT" "Urinary tract";
    PROXIMAL: "40415009" "SCT" "Proximal";
    DISTAL: "46053002" "SCT" "Distal";
    LEFT: "7771000" "SCT" "Left";
    RIGHT: "24028007" "SCT" "Right";

    ARTIFICIAL_INTELLIGENCE: "123110" "DCM" "Artificial Intelligence";
    SEGMENTATION: "113076" "DCM" "Segmentation";
    SOURCE_IMAGE: "121322" "DCM" "Source image for image processing operation";

    REPORT: "126000" "DCM" "Imaging Measurement Report";
    LANGUAGE: "121049" "DCM" "Language of Content Item and Descendants";
    ENGLISH: "en-US" "RFC5646" "English (United States)";
    OBSERVER_TYPE: "121005" "DCM" "Observer Type";
    DEVICE: "121007" "DCM" "Device";
    DEVICE_UID: "121012" "DCM" "Device Observer UID";
    DEVICE_NAME: "121013" "DCM" "Device Observer Name";
    PROCEDURE_REPORTED: "121058" "DCM" "Procedure reported";
    CT_UNSPECIFIED: "25045-6" "LN" "CT unspecified body region";
    MEASUREMENTS: "126010" "DCM" "Imaging Measurements";
    EVALUATIONS: "C0034375" "UMLS" "Qualitative Evaluations";
    GROUP: "125007" "DCM" "Measurement Group";
    TRACKING_IDENTIFIER: "112039" "DCM" "Tracking Identifier";
    TRACKING_UID: "112040" "DCM" "Tracking Unique Identifier";
    FINDING_CATEGORY: "276214006" "SCT" "Finding category";
    FINDING: "121071" "DCM" "Finding";
    FINDING_SITE: "363698007" "SCT" "Finding Site";
    LATERALITY: "272741003" "SCT" "Laterality";
    TOPOGRAPHY: "106233006" "SCT" "Topographical modifier";
    ALGORITHM_NAME: "111001" "DCM" "Algorithm Name";
    ALGORITHM_VERSION: "111003" "DCM" "Algorithm Version";
    REFERENCED_SEGMENT: "121191" "DCM" "Referenced Segment";
    SOURCE_SERIES: "121232" "DCM" "Source series for segmentation";
    COMMENT: "121106" "DCM" "Comment";
    DERIVATION: "121401" "DCM" "Derivation";

    MEAN: "373098007" "SCT" "Mean";
    MAXIMUM: "56851009" "SCT" "Maximum";
    DEVIATION: "386136009" "SCT" "Standard Deviation";
    LONG_AXIS: "103339001" "SCT" "Long axis";
    SHORT_AXIS: "103340004" "SCT" "Short axis";
    DIAMETER_3D: "L0JK" "IBSI" "Maximum 3D Diameter of a Mesh";
    VOLUME: "RNU0" "IBSI" "Volume of Mesh";
    ATTENUATION: "112031" "DCM" "Attenuation Coefficient";
    CRANIOCAUDAL: "CC-EXT" "99LITHO" "Craniocaudal extent";
    LONG_AXIS_BAND: "AX-BAND" "99LITHO" "Half-width of the 95 % band of the long axis";
    CRANIOCAUDAL_BAND: "CC-BAND" "99LITHO" "Half-width of the 95 % band of the craniocaudal extent";
    VOLUME_BAND: "V-BAND" "99LITHO" "Half-width of the 95 % band of the volume";
    ATTENUATION_CORRECTED: "HU-CORR" "99LITHO" "Attenuation coefficient, blur taken off";
    ATTENUATION_OF_RIM: "HU-RIM" "99LITHO" "Attenuation coefficient right around it";
    SKIN_DISTANCE: "SSD" "99LITHO" "Skin-to-stone distance";
    CALL: "CALL" "99LITHO" "Call of the algorithm";
    REVIEW: "REVIEW" "99LITHO" "Review by a person";
    ACCEPTED: "ACCEPTED" "99LITHO" "Accepted";
    REJECTED: "REJECTED" "99LITHO" "Rejected";
    CALLED_STONE: "AS-STONE" "99LITHO" "Called a stone";
    CALLED_PHLEBOLITH: "AS-PHLEBOLITH" "99LITHO" "Called a likely phlebolith";
    CALLED_UNSURE: "AS-UNSURE" "99LITHO" "Called indeterminate";
    MADE_BY: "MADE-BY" "99LITHO" "Made by";
    BY_PERSON: "BY-PERSON" "99LITHO" "A person";
    BY_BOTH: "BY-BOTH" "99LITHO" "The model, corrected by a person";
    SCORE: "SCORE" "99LITHO" "Score of the model, not the probability of disease";
    TRACT_SCORE: "TRACT" "99LITHO" "Score of the place on the urinary tract";
    PHLEBOLITH_SCORE: "PHLEB" "99LITHO" "Score of the likeness to a phlebolith";

    LEVEL: "LEVEL" "99LITHO" "Level along the urinary tract";
    LEVEL_KIDNEY: "L1" "99LITHO" "Kidney";
    LEVEL_PELVIS: "L2" "99LITHO" "Renal pelvis";
    LEVEL_PROXIMAL: "L3" "99LITHO" "Proximal ureter";
    LEVEL_MID: "L4" "99LITHO" "Mid ureter";
    LEVEL_DISTAL: "L5" "99LITHO" "Distal ureter";
    LEVEL_VESICAL: "L6" "99LITHO" "Ureterovesical junction";
    LEVEL_BLADDER: "L7" "99LITHO" "Bladder";

    MILLIMETRE: "mm" "UCUM" "mm";
    CUBIC_MILLIMETRE: "mm3" "UCUM" "cubic millimeter";
    HOUNSFIELD: "[hnsf'U]" "UCUM" "Hounsfield unit";
    NO_UNITS: "1" "UCUM" "no units";
}

/// What a stone is and where it lies, in codes. No standard code is known for the mid ureter and the junction with
/// the bladder: `level` tells of all places in our own.
pub struct Place {
    pub category: Code,
    pub finding: Code,
    pub site: Code,
    pub modifier: Option<Code>,
    pub laterality: Option<Code>,
    pub level: Option<Code>,
}

impl Place {
    pub fn of(stone: &Stone) -> Self {
        let laterality = match stone.side {
            Some(Side::Left) => Some(LEFT),
            Some(Side::Right) => Some(RIGHT),
            Some(Side::Midline) | None => None,
        };
        let kind = stone.drawn.as_ref().map(|drawn| drawn.kind);
        let phlebolith = stone.standing() == Label::LikelyPhlebolith;
        let other = match kind {
            Some(Kind::Phlebolith) => Some((ABNORMAL_STRUCTURE, PHLEBOLITH)),
            Some(Kind::Plaque) => Some((ABNORMAL_STRUCTURE, CALCIFIED_PLAQUE)),
            Some(Kind::BowelContent) => Some((BODY_SUBSTANCE, BOWEL_CONTENT)),
            Some(Kind::Other) => Some((ABNORMAL_STRUCTURE, OTHER)),
            None if phlebolith => Some((ABNORMAL_STRUCTURE, PHLEBOLITH)),
            Some(Kind::Stone) | None => None,
        };
        let category = ABNORMAL_STRUCTURE;
        if let Some((category, finding)) = other {
            let site = ABDOMEN_AND_PELVIS;
            return Self { category, finding, site, modifier: None, laterality, level: None };
        }
        let (finding, site, modifier, level) = match stone.level {
            Some(Level::Kidney) => (KIDNEY_STONE, KIDNEY, None, LEVEL_KIDNEY),
            Some(Level::RenalPelvis) => (KIDNEY_STONE, RENAL_PELVIS, None, LEVEL_PELVIS),
            Some(Level::ProximalUreter) => (URETERIC_STONE, URETER, Some(PROXIMAL), LEVEL_PROXIMAL),
            Some(Level::MidUreter) => (URETERIC_STONE, URETER, None, LEVEL_MID),
            Some(Level::DistalUreter) => (URETERIC_STONE, URETER, Some(DISTAL), LEVEL_DISTAL),
            Some(Level::Ureterovesical) => (URETERIC_STONE, URETER, Some(DISTAL), LEVEL_VESICAL),
            Some(Level::Bladder) => (BLADDER_STONE, BLADDER, None, LEVEL_BLADDER),
            None => {
                let (finding, site) = (CALCULUS, URINARY_TRACT);
                return Self { category, finding, site, modifier: None, laterality, level: None };
            }
        };
        Self { category, finding, site, modifier, laterality, level: Some(level) }
    }
}

/// What the algorithm calls its own finding where it is not plainly a stone.
pub fn call(stone: &Stone) -> Option<Code> {
    match stone.label {
        _ if stone.drawn.is_some() => None,
        Label::Stone | Label::Rejected => None,
        Label::LikelyPhlebolith => Some(CALLED_PHLEBOLITH),
        Label::Indeterminate => Some(CALLED_UNSURE),
    }
}

/// What a person has said of a stone, if anything: the same as the model, or what else.
pub fn review(stone: &Stone) -> Option<Code> {
    let by_person = stone.drawn.as_ref().is_some_and(|drawn| drawn.by == Hand::Person);
    match stone.review {
        None => by_person.then_some(ACCEPTED),
        Some(label) if label == stone.label => Some(ACCEPTED),
        Some(Label::Rejected) => Some(REJECTED),
        Some(Label::Stone) => Some(CALLED_STONE),
        Some(Label::LikelyPhlebolith) => Some(CALLED_PHLEBOLITH),
        Some(Label::Indeterminate) => Some(CALLED_UNSURE),
    }
}

/// Who made a mask, where it is not the model's own.
pub fn made_by(stone: &Stone) -> Option<Code> {
    stone.drawn.as_ref().map(|drawn| match drawn.by {
        Hand::Person => BY_PERSON,
        Hand::Corrected => BY_BOTH,
    })
}
