//! The elements that are kept of a header, with the VR that the standard gives them (PS3.6 section 6).

use super::element::Tag;

macro_rules! wanted {
    ($($name:ident $tag:literal $vr:literal)*) => {
        $(pub const $name: Tag = $tag;)*
        const TABLE: &[(Tag, &[u8; 2])] = &[$(($tag, $vr)),*];
    };
}

// Sorted by tag: `vr_of` searches by halves.
wanted! {
    CHARACTER_SET 0x0008_0005 b"CS"
    IMAGE_TYPE 0x0008_0008 b"CS"
    SOP_CLASS 0x0008_0016 b"UI"
    SOP_INSTANCE 0x0008_0018 b"UI"
    STUDY_DATE 0x0008_0020 b"DA"
    ACQUISITION_DATE 0x0008_0022 b"DA"
    ACQUISITION_DATE_TIME 0x0008_002A b"DT"
    ACQUISITION_TIME 0x0008_0032 b"TM"
    MODALITY 0x0008_0060 b"CS"
    STUDY_DESCRIPTION 0x0008_1030 b"LO"
    SERIES_DESCRIPTION 0x0008_103E b"LO"
    FRAME_TYPE 0x0008_9007 b"CS"
    PATIENT_NAME 0x0010_0010 b"PN"
    PATIENT_ID 0x0010_0020 b"LO"
    BIRTH_DATE 0x0010_0030 b"DA"
    SEX 0x0010_0040 b"CS"
    CONTRAST_AGENT 0x0018_0010 b"LO"
    CONTRAST_AGENT_SEQUENCE 0x0018_0012 b"SQ"
    SLICE_THICKNESS 0x0018_0050 b"DS"
    KVP 0x0018_0060 b"DS"
    KERNEL 0x0018_1210 b"SH"
    PATIENT_POSITION 0x0018_5100 b"CS"
    CT_RECONSTRUCTION_SEQUENCE 0x0018_9314 b"SQ"
    CT_X_RAY_DETAILS_SEQUENCE 0x0018_9325 b"SQ"
    CT_FRAME_TYPE_SEQUENCE 0x0018_9329 b"SQ"
    STUDY_INSTANCE 0x0020_000D b"UI"
    SERIES_INSTANCE 0x0020_000E b"UI"
    SERIES_NUMBER 0x0020_0011 b"IS"
    ACQUISITION_NUMBER 0x0020_0012 b"IS"
    INSTANCE_NUMBER 0x0020_0013 b"IS"
    IMAGE_POSITION 0x0020_0032 b"DS"
    IMAGE_ORIENTATION 0x0020_0037 b"DS"
    FRAME_OF_REFERENCE 0x0020_0052 b"UI"
    TEMPORAL_POSITION 0x0020_0100 b"IS"
    STACK_ID 0x0020_9056 b"SH"
    FRAME_CONTENT_SEQUENCE 0x0020_9111 b"SQ"
    PLANE_POSITION_SEQUENCE 0x0020_9113 b"SQ"
    PLANE_ORIENTATION_SEQUENCE 0x0020_9116 b"SQ"
    TEMPORAL_INDEX 0x0020_9128 b"UL"
    FRAME_ACQUISITION_NUMBER 0x0020_9156 b"US"
    UNASSIGNED_SHARED_SEQUENCE 0x0020_9170 b"SQ"
    UNASSIGNED_PER_FRAME_SEQUENCE 0x0020_9171 b"SQ"
    SAMPLES_PER_PIXEL 0x0028_0002 b"US"
    PHOTOMETRIC 0x0028_0004 b"CS"
    NUMBER_OF_FRAMES 0x0028_0008 b"IS"
    ROWS 0x0028_0010 b"US"
    COLUMNS 0x0028_0011 b"US"
    PIXEL_SPACING 0x0028_0030 b"DS"
    BITS_ALLOCATED 0x0028_0100 b"US"
    BITS_STORED 0x0028_0101 b"US"
    HIGH_BIT 0x0028_0102 b"US"
    PIXEL_REPRESENTATION 0x0028_0103 b"US"
    PADDING_VALUE 0x0028_0120 b"US"
    PADDING_RANGE_LIMIT 0x0028_0121 b"US"
    BURNED_IN 0x0028_0301 b"CS"
    WINDOW_CENTRE 0x0028_1050 b"DS"
    WINDOW_WIDTH 0x0028_1051 b"DS"
    RESCALE_INTERCEPT 0x0028_1052 b"DS"
    RESCALE_SLOPE 0x0028_1053 b"DS"
    RESCALE_TYPE 0x0028_1054 b"LO"
    WINDOW_NAME 0x0028_1055 b"LO"
    VOI_FUNCTION 0x0028_1056 b"CS"
    LOSSY 0x0028_2110 b"CS"
    LOSSY_RATIO 0x0028_2112 b"DS"
    LOSSY_METHOD 0x0028_2114 b"CS"
    MODALITY_LUT_SEQUENCE 0x0028_3000 b"SQ"
    LUT_DESCRIPTOR 0x0028_3002 b"US"
    LUT_DATA 0x0028_3006 b"OW"
    PIXEL_MEASURES_SEQUENCE 0x0028_9110 b"SQ"
    VOI_SEQUENCE 0x0028_9132 b"SQ"
    VALUE_TRANSFORMATION_SEQUENCE 0x0028_9145 b"SQ"
    SHARED_GROUPS 0x5200_9229 b"SQ"
    PER_FRAME_GROUPS 0x5200_9230 b"SQ"
}

pub const EXTENDED_OFFSETS: Tag = 0x7FE0_0001;
pub const EXTENDED_LENGTHS: Tag = 0x7FE0_0002;
pub const FLOAT_PIXEL_DATA: Tag = 0x7FE0_0008;
pub const DOUBLE_FLOAT_PIXEL_DATA: Tag = 0x7FE0_0009;
pub const PIXEL_DATA: Tag = 0x7FE0_0010;

/// The VR of a wanted element; `None` for all others.
pub fn vr_of(tag: Tag) -> Option<[u8; 2]> {
    let at = TABLE.binary_search_by_key(&tag, |&(t, _)| t).ok()?;
    TABLE.get(at).map(|(_, vr)| **vr)
}

/// Values longer than this are not what their tag says, with the exception of LUT data.
pub fn longest(tag: Tag) -> u32 {
    if tag == LUT_DATA { 4 << 16 } else { 64 << 10 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(TABLE.windows(2).all(|w| w[0].0 < w[1].0));
        assert_eq!(vr_of(ROWS), Some(*b"US"));
        assert_eq!(vr_of(0x0019_1020), None);
    }
}
