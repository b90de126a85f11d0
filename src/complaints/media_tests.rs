use std::io::Write;

use super::{Found, GB18030_TEXT, Media, recognise};

fn seen(content: &[u8]) -> Found {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(content).unwrap();
    recognise(&mut file).unwrap()
}

/// The likeliest kind, or what else it is in brackets.
fn name(content: &[u8]) -> String {
    match seen(content) {
        Found::Allowed(kinds) => kinds[0].name.to_owned(),
        Found::Other(name) => format!("[{name}]"),
    }
}

fn boxed(brand: &[u8; 4]) -> Vec<u8> {
    [&[0, 0, 0, 24], b"ftyp".as_slice(), brand, &[0, 0, 2, 0], brand, b"isom", &[0, 0, 0, 8], b"moov"]
        .concat()
}

/// A ZIP file of empty entries.
fn zip(names: &[&str]) -> Vec<u8> {
    let (mut bytes, mut table) = (Vec::new(), Vec::new());
    for name in names {
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let offset = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        bytes.extend([b"PK\x03\x04\x14\0".as_slice(), &[0; 20], &length, &[0; 2], name.as_bytes()].concat());
        let head = [b"PK\x01\x02\x14\0\x14\0".as_slice(), &[0; 20], &length, &[0; 12], &offset].concat();
        table.extend([head.as_slice(), name.as_bytes()].concat());
    }
    let count = u16::try_from(names.len()).unwrap().to_le_bytes();
    let (size, at) = (u32::try_from(table.len()).unwrap(), u32::try_from(bytes.len()).unwrap());
    let end = [&count[..], &count, &size.to_le_bytes(), &at.to_le_bytes(), &[0; 2]].concat();
    [bytes, table, b"PK\x05\x06\0\0\0\0".to_vec(), end].concat()
}

#[test]
fn files_are_what_they_hold() {
    let webm = [b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x1f\x42\x82\x84webm".as_slice(), &[0; 300]].concat();
    for (content, kind) in [
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0".as_slice(), "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"),
        (b"GIF89a\x01\0\x01\0\x80\0\0", "image/gif"),
        (b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0", "image/webp"),
        (&boxed(b"heic"), "image/heic"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf"),
        (b"%PDF-1.4\n1 0 obj\n", "application/pdf"),
        ("空调不制冷\n".as_bytes(), "text/plain"),
        (b"\xef\xbb\xbfNoise until 3 < 4 am\r\n\tthen quiet", "text/plain"),
        (b"From: a@example.com\r\nSubject: cold\r\n\r\nHello", "message/rfc822"),
        (b"From: a@example.com\r\nDate: today\r\n\r\ncaf\xe9", "message/rfc822"),
        (b"ID3\x04\0\0\0\0\0\x0fTSSE", "audio/mpeg"),
        (b"\xff\xfb\x90\x64\0\x0f", "audio/mpeg"),
        (&boxed(b"M4A "), "audio/mp4"),
        (b"OggS\0\x02\0\0\0\0\0\0\0\0", "audio/ogg"),
        (b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0", "audio/wav"),
        (b"#!AMR\n\x3c\x91\x17\x16\xbe\x66", "audio/amr"),
        (&boxed(b"mp42"), "video/mp4"),
        (&boxed(b"qt  "), "video/quicktime"),
        (&webm, "video/webm"),
        (
            &zip(&["[Content_Types].xml", "_rels/.rels", "word/document.xml"]),
            Media::of(super::DOCX).unwrap().name,
        ),
        (&zip(&["[Content_Types].xml", "xl/workbook.xml"]), Media::of(super::XLSX).unwrap().name),
        // What begins as another kind and is a text all the same.
        (b"BMW parked in my place", "text/plain"),
        (b"GIF or not, the photo is blurred", "text/plain"),
    ] {
        assert_eq!(name(content), kind, "{:?}", String::from_utf8_lossy(&content[..content.len().min(20)]));
    }
}

#[test]
fn what_could_run_is_none_of_them() {
    for (content, kind) in [
        (b"<!DOCTYPE html><html></html>".as_slice(), "[text/html]"),
        (b"\xef\xbb\xbf \n<script>alert(1)</script>", "[text/html]"),
        (b"<!-- --><b>hello", "[text/html]"),
        (b"<x onclick=alert(1)>", "[text/html]"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "[image/svg+xml]"),
        (b"<?xml version='1.0'?>\n<!-- --><svg/>", "[image/svg+xml]"),
        (b"<?xml version='1.0'?><a/>", "[text/xml]"),
        (b"#!/bin/sh\nrm -rf /\n", "[text/x-shellscript]"),
        (b"MZ\x90\0\x03\0\0\0\x04", "[application/vnd.microsoft.portable-executable]"),
        (&[b"\x7fELF\x02\x01\x01\0".as_slice(), &[0; 60]].concat(), "[application/x-executable]"),
        (b"\0\x01\x02\x03", "[application/octet-stream]"),
        (b"plain\0text", "[application/octet-stream]"),
        (b"caf\xe9 in another encoding", "[application/octet-stream]"),
        (b"<\0h\0t\0m\0l\0>\0", "[application/octet-stream]"),
        (&zip(&["run.exe"]), "[application/zip]"),
        (&zip(&["word/document.xml"]), "[application/zip]"),
        (&zip(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]), "[application/zip]"),
        (b"PK\x03\x04\x14\0\0\0cut off", "[application/zip]"),
    ] {
        assert_eq!(name(content), kind, "{:?}", String::from_utf8_lossy(&content[..content.len().min(20)]));
    }
}

#[test]
fn a_long_text_is_read_to_its_end() {
    // Three bytes a character: pieces end in the middle of one.
    let mut text = "房".repeat(100_000).into_bytes();
    assert_eq!(name(&text), "text/plain");
    text.push(0);
    assert_eq!(name(&text), "[application/octet-stream]");
}

#[test]
fn a_text_in_the_chinese_encodings_is_told_from_what_is_none() {
    let other = |content: &[u8]| match seen(content) {
        Found::Other(name) => name,
        Found::Allowed(_) => "",
    };
    let encoded = |text: &str| encoding_rs::GB18030.encode(text).0.into_owned();
    assert_eq!(other(&encoded("空调不制冷，半夜热醒了两次。\r\n𠮷野家\n")), GB18030_TEXT);
    // Two bytes a character, from an odd place on: pieces end in the middle of one.
    let mut long = encoded(&format!("x{}", "房".repeat(100_000)));
    assert_eq!(other(&long), GB18030_TEXT);
    long.push(0xd5);
    assert_eq!(other(&long), "application/octet-stream", "cut off");
    long.extend([0xc5, 0x01]);
    assert_eq!(other(&long), "application/octet-stream", "a control character");
}

#[test]
fn a_kind_is_known_by_any_of_its_names() {
    assert_eq!(Media::of("IMAGE/JPG").map(|media| media.name), Some("image/jpeg"));
    assert_eq!(Media::of("image/svg+xml"), None);
    assert!(seen(&boxed(b"mp42")) == Found::named(&["video/mp4", "audio/mp4", "video/quicktime"]));
}
