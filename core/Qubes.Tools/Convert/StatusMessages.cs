namespace Qubes.Tools.Convert;

/// <summary>What an exit status means to the user (spec: conversion services, sections 1 and 2; qrexec protocol, section 2).</summary>
internal static class StatusMessages
{
    private const string Accepted = "PDF, PNG, JPEG, GIF, BMP, TIFF, SVG and office documents are accepted";

    public static string For(int status) => status switch
    {
        125 => "the call failed within qrexec (status 125); is the qube's agent all right?",
        126 => "the call was refused, or the disposable could not start (status 126); the daemon's log says which",
        127 => "the disposable has no such service (status 127); use one whose template was built for conversion",
        255 => "the disposable ended in the middle of the conversion (status 255)",
        1 => "the converter refused the document or its input (status 1)",
        64 or 148 => $"LibreOffice could not convert it, or is not installed in the template (status {status})",
        138 => $"its format is not supported (status 138); {Accepted}",
        144 => $"Hancom Office documents are not supported (status 144); {Accepted}",
        158 => "the document is damaged or encrypted (status 158); a whole one without a password is accepted",
        168 => "a page cannot be rendered (status 168)",
        169 => "its pages cannot be counted (status 169); a document with 1 to 10000 pages is accepted",
        170 => "it has too many pages (status 170); at most 10000 are accepted",
        172 => "a page is too wide (status 172); at most 10000 pixels are accepted, try a lower --dpi",
        173 => "a page is too high (status 173); at most 10000 pixels are accepted, try a lower --dpi",
        174 => "it has fewer pages than it says (status 174)",
        _ => $"the converter failed for a reason it does not know (status {status})",
    };
}
