namespace Qubes.Client.Tests.Calling;

/// <summary>
/// For what only the published program can show: the runtime that runs the built one keeps duplicates of the standard descriptors,
/// and opens files of its own in the place of closed ones.
/// </summary>
internal sealed class PublishedFactAttribute : FactAttribute
{
    public PublishedFactAttribute() => Skip = ClientProcess.Published is null ? "the program was not published" : null;
}
