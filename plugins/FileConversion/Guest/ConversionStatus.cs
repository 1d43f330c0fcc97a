namespace Qubes.Convert.Guest;

/// <summary>Why a conversion failed, by its exit status in <c>dz.Convert</c> (spec: conversion services, section 1).</summary>
internal enum ConversionStatus
{
    /// <summary>Standard input could not be read.</summary>
    InputUnreadable = 1,

    /// <summary>No LibreOffice in this template. <c>qubes.PdfConvert</c> has this number; <c>dz.Convert</c> says 148.</summary>
    LibreOfficeMissing = 64,

    Unspecified = 128,
    FormatNotSupported = 138,
    HancomOffice = 144,
    LibreOfficeFailed = 148,
    DamagedDocument = 158,
    PageTrouble = 168,
    NoPageCount = 169,
    TooManyPages = 170,
    PageTooWide = 172,
    PageTooHigh = 173,
    PageCountMismatch = 174,
    Unexpected = 228,
}
