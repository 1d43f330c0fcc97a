using System.CommandLine;
using Qubes.Tools.Hosting;
using Qubes.Tools.Volumes;

namespace Qubes.Tools.Domains;

/// <summary>
/// The options <c>--root-copy-from FILE</c> and <c>--root-move-from FILE</c>: what a new qube's root volume holds.
/// </summary>
internal sealed class RootSource
{
    private readonly Option<string?> copy = new("--root-copy-from", "-r")
    {
        Description = "Fill the root volume from a file",
        HelpName = "FILE",
    };

    private readonly Option<string?> move = new("--root-move-from", "-R")
    {
        Description = "The same, and delete the file afterwards",
        HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        command.Add(copy);
        command.Add(move);
    }

    public static UsageException NotAccepted(string kind) =>
        new($"no {kind} has a root volume of its own: --root-copy-from and --root-move-from are not accepted");

    /// <summary>Opens the file before anything is created. Null: none was given.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public FileStream? Open(ParseResult line)
    {
        if (line.GetValue(copy) is not null && line.GetValue(move) is not null)
            throw new UsageException("--root-copy-from and --root-move-from exclude each other");
        if ((line.GetValue(copy) ?? line.GetValue(move)) is not { } path)
            return null;
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);
        if (file.CanSeek)
            return file;
        file.Dispose();
        throw new UsageException($"'{path}' is no file whose size is known");
    }

    /// <summary>Fills the new qube's root volume. If that fails the qube is removed: it could not start.</summary>
    public async Task ImportAsync(ParseResult line, Session session, string qube, FileStream data, CancellationToken cancellation)
    {
        try
        {
            await new VolumeImport(session, new VolumeAddress(qube, "root")).RunAsync(data, data.Length, cancellation);
        }
        catch
        {
            await UnfinishedQube.RemoveAsync(session, qube);
            throw;
        }

        if (line.GetValue(move) is { } path)
            File.Delete(path);
    }
}
