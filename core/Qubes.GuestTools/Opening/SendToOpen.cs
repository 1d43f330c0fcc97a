using System.Text;
using Qubes.GuestTools.Commands;
using Qubes.Qrexec.Files;

namespace Qubes.GuestTools.Opening;

/// <summary>
/// <c>qopen-in-vm [--view-only] FILE</c>: the local program of opening. It sends the file and takes a changed one back;
/// <c>--url URL</c> sends a URL and takes nothing. The other qube decides what a changed file holds.
/// </summary>
internal sealed class SendToOpen : ICommand
{
    // Bytes a changed file may have: what edits of the original come to, so that a qube cannot fill the disk.
    private const long LeastLimit = 1L << 30;
    private const int GrowthLimit = 4;

    public string Name => "qopen-in-vm";

    public string Usage => "[--view-only] FILE | --url URL";

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, Surroundings surroundings, CancellationToken cancellation)
    {
        var line = CommandLine.Parse(arguments, ["--view-only", "--url"]);
        if (line.Words is not [var subject])
            throw new UsageException("one file or URL is needed");
        if (line.Has("--url"))
        {
            await surroundings.Output.WriteAsync(Encoding.UTF8.GetBytes(subject + "\n"), cancellation);
            await surroundings.Output.DisposeAsync();
            await surroundings.Input.CopyToAsync(Stream.Null, cancellation);
            return ExitCode.Success;
        }

        var length = await SendAsync(subject, line.Has("--view-only"), surroundings.Output, cancellation);
        if (line.Has("--view-only"))
            await surroundings.Input.CopyToAsync(Stream.Null, cancellation);
        else
            await TakeBackAsync(subject, Math.Max(LeastLimit, GrowthLimit * length), surroundings, cancellation);
        return ExitCode.Success;
    }

    private static async Task<long> SendAsync(string path, bool viewOnly, Stream output, CancellationToken cancellation)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        await output.WriteAsync(OpenName.Encode(path, viewOnly), cancellation);
        await file.CopyToAsync(output, 64 * 1024, cancellation);
        // The end of it is what opens the file over there.
        await output.DisposeAsync();
        return file.Length;
    }

    private async Task TakeBackAsync(string path, long limit, Surroundings surroundings, CancellationToken cancellation)
    {
        var changed = new ChangedFile(path, limit);
        try
        {
            await surroundings.Input.CopyToAsync(changed, 64 * 1024, cancellation);
            if (await changed.TakeAsync(cancellation) is { } elsewhere)
                surroundings.Error.WriteLine($"{Name}: the changed file could not replace the original; it is {SafeText.OneLine(elsewhere)}");
        }
        finally
        {
            await changed.ReleaseAsync();
        }
    }
}
