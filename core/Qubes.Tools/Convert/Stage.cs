namespace Qubes.Tools.Convert;

/// <summary>What a conversion spends its time on, one after the other.</summary>
internal enum Stage
{
    /// <summary>The daemon hands out a disposable (<c>admin.vm.CreateDisposable</c>).</summary>
    Acquire,

    /// <summary>It is started, or resumed (<c>admin.vm.Start</c>).</summary>
    Boot,

    /// <summary>The call travels to it, until the service takes the first byte.</summary>
    ServiceStart,

    /// <summary>The document goes in.</summary>
    Transfer,

    /// <summary>The guest renders and its pixels come back, from the document's last byte to the last pixel.</summary>
    Convert,

    /// <summary>The status is awaited, the PDF finished, made durable and renamed.</summary>
    Write,

    /// <summary>The disposable is killed and removed. The result is in its place before.</summary>
    Destroy,
}
