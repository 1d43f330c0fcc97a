using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Volumes;

/// <summary><c>qvm-volume import VMNAME:VOLUME PATH</c>.</summary>
internal sealed class ImportVolume() : AppletAction("import", "Replace a volume's content by a file's.")
{
    private readonly Argument<string> volume = new(VolumeAddress.HelpName) { Description = "The volume; its qube must be halted" };
    private readonly Argument<string> path = new("FILE") { Description = "The data; - for standard input" };
    private readonly Option<string?> size = new("--size")
    {
        Description = "Bytes of the data, also with K, M, G, T or Ki, Mi, Gi, Ti (default: the file's size)",
        HelpName = "SIZE",
    };
    private readonly Option<bool> noResize = new("--no-resize")
    {
        Description = "Keep the volume's size, which must be that of the data",
    };

    protected override void Describe(Command command)
    {
        command.Add(volume);
        command.Add(path);
        command.Add(size);
        command.Add(noResize);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var address = VolumeAddress.Parse(line.GetRequiredValue(volume));
        var given = line.GetValue(size) is { } text ? ByteSize.Parse(text) : (long?)null;
        var keep = line.GetValue(noResize);
        if (keep && given is not null)
            throw new UsageException("--size and --no-resize exclude each other");
        var name = line.GetRequiredValue(path);
        if (name == "-")
        {
            if (!keep && given is null)
                throw new UsageException("the size of standard input is not known: --size or --no-resize is required");
            await new VolumeImport(session, address).RunAsync(session.Console.RawInput, given, cancellation);
            return ExitCode.Success;
        }

        await using var file = new FileStream(name, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);
        if (!keep && given is null && !file.CanSeek)
            throw new UsageException($"the size of '{name}' is not known: --size or --no-resize is required");
        await new VolumeImport(session, address).RunAsync(file, keep ? null : given ?? file.Length, cancellation);
        return ExitCode.Success;
    }
}
