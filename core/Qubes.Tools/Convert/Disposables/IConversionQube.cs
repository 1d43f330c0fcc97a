namespace Qubes.Tools.Convert.Disposables;

/// <summary>A disposable for one document; disposing of it kills it.</summary>
internal interface IConversionQube : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Calls a service: <paramref name="input"/> to its end in, its output and errors out, all at the same time.</summary>
    /// <returns>The exit status, 0–255; 255 if the connection ended before it came.</returns>
    Task<int> CallAsync(string service, Stream input, Stream output, Stream errors, CancellationToken cancellation);
}
