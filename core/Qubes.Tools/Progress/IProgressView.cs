namespace Qubes.Tools.Progress;

/// <summary>
/// A set of progress rows on standard error. Open it with <c>Session.OpenProgressAsync()</c>, dispose it before printing
/// results.
/// </summary>
internal interface IProgressView : IAsyncDisposable
{
    /// <summary>Adds a row that starts at 0 %.</summary>
    IProgressRow Add(string title);
}
