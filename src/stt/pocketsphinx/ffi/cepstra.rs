//! The cepstra of a sound, as the decoder's own front end makes them.

use std::ffi::{c_float, c_int, c_void};
use std::ptr;
use std::slice::from_raw_parts;

use super::{Decoder, PsDecoder, check};

opaque!(FrontEnd);

unsafe extern "C" {
    fn ps_get_fe(decoder: *mut PsDecoder) -> *mut FrontEnd;
    fn fe_get_output_size(front_end: *mut FrontEnd) -> c_int;
    fn fe_start_stream(front_end: *mut FrontEnd);
    fn fe_start_utt(front_end: *mut FrontEnd) -> c_int;
    fn fe_process_utt(
        front_end: *mut FrontEnd,
        samples: *const i16,
        count: usize,
        frames: *mut *mut *mut c_float,
        frame_count: *mut i32,
    ) -> c_int;
    fn fe_end_utt(front_end: *mut FrontEnd, frame: *mut c_float, frame_count: *mut i32) -> c_int;
    fn fe_free_2d(array: *mut c_void);
}

impl Decoder {
    /// The frames (10 ms) of 16 kHz sound that are searched, silence left out: the cepstra of each, before
    /// their mean is taken out.
    pub fn cepstra(&mut self, samples: &[i16]) -> Result<Vec<Vec<f32>>, String> {
        let (mut block, mut count) = (ptr::null_mut(), 0);
        // SAFETY: the front end belongs to the live decoder, and `samples` is valid for its length. The block
        // has `count` rows of `size` floats, is copied before it is freed, and freed once. `last` has room for
        // the one frame that the end may give.
        unsafe {
            let front_end = ps_get_fe(self.0.as_ptr());
            let size = fe_get_output_size(front_end).max(0) as usize;
            fe_start_stream(front_end);
            check(fe_start_utt(front_end), "the front end cannot start")?;
            let status =
                fe_process_utt(front_end, samples.as_ptr(), samples.len(), &raw mut block, &raw mut count);
            let mut frames: Vec<Vec<f32>> = Vec::new();
            if !block.is_null() {
                frames.extend(
                    (0..count.max(0) as usize).map(|row| from_raw_parts(*block.add(row), size).to_vec()),
                );
                fe_free_2d(block.cast());
            }
            let (mut last, mut more) = (vec![0.0; size], 0);
            let ended = fe_end_utt(front_end, last.as_mut_ptr(), &raw mut more);
            check(status.min(ended), "the front end fails")?;
            if more > 0 {
                frames.push(last);
            }
            Ok(frames)
        }
    }
}
