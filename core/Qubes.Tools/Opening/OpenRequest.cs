using System.Text;
using System.Text.RegularExpressions;
using Qubes.Qrexec.Files;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Opening;

/// <summary>
/// What is sent to open a file or URL, and what becomes of the answer (spec: conversion services, section 4; qrexec protocol,
/// section 10):
/// <code>
/// qubes.OpenInVM   input  = NAME (256 bytes, NUL-padded: base name, "view-only-" before it) FILE
///                  output = the changed file, or nothing
/// qubes.OpenURL    input  = URL LF
/// </code>
/// </summary>
internal sealed partial class OpenRequest : IAsyncDisposable
{
    private readonly ChangedFile? changed;

    private OpenRequest(string service, byte[] head, Stream content, ChangedFile? changed) =>
        (Service, Head, Content, this.changed) = (service, head, content, changed);

    public string Service { get; }

    /// <summary>Sent before <see cref="Content"/>.</summary>
    public byte[] Head { get; }

    public Stream Content { get; }

    /// <summary>Takes what the service answers.</summary>
    public Stream Answer => changed ?? Stream.Null;

    /// <param name="limit">Bytes that a changed file may have.</param>
    /// <exception cref="UsageException">It is neither a file nor a URL.</exception>
    public static OpenRequest Make(string name, bool viewOnly, long limit)
    {
        if (File.Exists(name))
        {
            var content = new FileStream(name, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);
            return new OpenRequest("qubes.OpenInVM", OpenName.Encode(name, viewOnly), content, viewOnly ? null : new ChangedFile(name, limit));
        }

        return Url().IsMatch(name)
            ? new OpenRequest("qubes.OpenURL", Encoding.UTF8.GetBytes(name + "\n"), Stream.Null, null)
            : throw new UsageException($"no such file: '{name}'; a file or a URL is accepted");
    }

    /// <summary>Puts the changed file in its place, if there is one.</summary>
    /// <returns>Where it was left instead; null if it is in its place, or nothing changed.</returns>
    public async Task<string?> TakeAsync(CancellationToken cancellation) =>
        changed is null ? null : await changed.TakeAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        await Content.DisposeAsync();
        if (changed is not null)
            await changed.ReleaseAsync();
    }

    [GeneratedRegex("^[a-zA-Z][a-zA-Z0-9+.-]*://[^\\s\\p{Cc}]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Url();
}
