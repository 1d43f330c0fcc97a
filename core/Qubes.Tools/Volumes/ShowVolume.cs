using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Volumes;

/// <summary><c>qvm-volume info VMNAME:VOLUME [PROPERTY]</c>; the property <c>revisions</c> is the list of revisions.</summary>
internal sealed class ShowVolume() : AppletAction("info", "Show a volume's properties and revisions.", "i")
{
    private const string Revisions = "revisions";

    private readonly Argument<string> volume = new(VolumeAddress.HelpName) { Description = "The volume" };
    private readonly Argument<string?> property = new("PROPERTY")
    {
        Description = "Show only its value; 'revisions' lists the revisions, one a line",
        Arity = ArgumentArity.ZeroOrOne,
    };

    protected override void Describe(Command command)
    {
        command.Add(volume);
        command.Add(property);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var address = VolumeAddress.Parse(line.GetRequiredValue(volume));
        var volumes = address.Of(session);
        var output = session.Console.Out;
        if (line.GetValue(property) is not { } name)
        {
            await ShowAllAsync(volumes, address.Volume, output, cancellation);
        }
        else if (name == Revisions)
        {
            foreach (var revision in await volumes.RevisionsAsync(address.Volume, cancellation))
                output.WriteLine(revision);
        }
        else
        {
            var values = (await volumes.InfoAsync(address.Volume, cancellation)).Values;
            output.WriteLine(values.TryGetValue(name, out var value)
                ? value
                : throw new UsageException($"no such property: '{name}'; one of: {string.Join(", ", values.Keys.Append(Revisions))}"));
        }

        return ExitCode.Success;
    }

    private static async Task ShowAllAsync(
        QubeVolumes volumes, string volume, TextWriter output, CancellationToken cancellation)
    {
        var table = new TextTable();
        foreach (var (name, value) in (await volumes.InfoAsync(volume, cancellation)).Values)
            table.Add(name, value);
        table.WriteTo(output);
        var revisions = await volumes.RevisionsAsync(volume, cancellation);
        output.WriteLine($"List of available revisions (for revert):{(revisions.Count == 0 ? " none" : "")}");
        foreach (var revision in revisions)
            output.WriteLine("  " + revision);
    }
}
