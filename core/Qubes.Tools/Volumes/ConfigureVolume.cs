using System.CommandLine;
using System.Globalization;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Volumes;

/// <summary><c>qvm-volume config VMNAME:VOLUME PROPERTY VALUE</c>.</summary>
internal sealed class ConfigureVolume() : AppletAction("config", "Change a volume's property.", "set", "c", "s")
{
    private readonly Argument<string> volume = new(VolumeAddress.HelpName) { Description = "The volume" };
    private readonly Argument<string> property = new("PROPERTY")
    {
        Description = "rw (may the qube write to it), revisions_to_keep (-1 or more; 0 keeps none), "
            + "ephemeral (is it encrypted with a key that is forgotten when the qube stops)",
    };
    private readonly Argument<string> value = new("VALUE") { Description = "True or False; for revisions_to_keep a number" };

    protected override void Describe(Command command)
    {
        property.CompletionSources.Add("rw", "revisions_to_keep", "ephemeral");
        command.Add(volume);
        command.Add(property);
        command.Add(value);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var address = VolumeAddress.Parse(line.GetRequiredValue(volume));
        var (name, text) = (line.GetRequiredValue(property), line.GetRequiredValue(value));
        var payload = name switch
        {
            "revisions_to_keep" => Number(text),
            "rw" or "ephemeral" => TruthValue.Parse(text) ? "True" : "False",
            _ => throw new UsageException($"no such property: '{name}'; one of: rw, revisions_to_keep, ephemeral"),
        };
        await address.Of(session).SetAsync(address.Volume, name, payload, cancellation);
        return ExitCode.Success;
    }

    private static string Number(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= -1
            ? number.ToString(CultureInfo.InvariantCulture)
            : throw new UsageException($"revisions_to_keep '{text}': a number, -1 or more, is accepted");
}
