using System.Text;
using Qubes.Policy.Answers;
using Qubes.Policy.Evaluation;

namespace Qubes.Plugins.Qrexec.Evaluating;

// request = *( KEY "=" VALUE LF ) ( LF | end of file )            ; ASCII, each key at most once (spec: protocol, section 5)
// KEY     = "source" | "intended_target" | "service_and_arg"      ; required
//         | "requested_source"                                    ; empty: none
//         | "assume_yes_for_ask" | "just_evaluate"                ; "yes" or "no"

/// <summary>What a client of <c>policy.sock</c> asks.</summary>
internal sealed record PolicyRequest(PolicyCall Call, PolicyModes Modes)
{
    /// <summary>A service with argument has 65000 bytes at most; the rest is short.</summary>
    public const int Longest = 66_000;

    private const string Source = "source";
    private const string Target = "intended_target";
    private const string Service = "service_and_arg";
    private const string RelayedFor = "requested_source";
    private const string AssumeYes = "assume_yes_for_ask";
    private const string JustEvaluate = "just_evaluate";

    /// <param name="bytes">Up to the empty line or the end of the file.</param>
    /// <returns>Null if it is no request.</returns>
    public static PolicyRequest? TryParse(ReadOnlySpan<byte> bytes)
    {
        if (!Ascii.IsValid(bytes))
            return null;
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (string line in Encoding.ASCII.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || !IsKey(line[..equals]) || line.Any(char.IsControl) || !values.TryAdd(line[..equals], line[(equals + 1)..]))
                return null;
        }
        if (!values.TryGetValue(Source, out string? source) || source.Length == 0 || !values.TryGetValue(Target, out string? target)
            || !values.TryGetValue(Service, out string? service) || service.Length == 0 || service[0] == '+'
            || Mode(values, AssumeYes, PolicyModes.AssumeYes) is not { } assumes || Mode(values, JustEvaluate, PolicyModes.JustEvaluate) is not { } evaluates)
            return null;
        return new(new(source, service, target) { RelayedFor = values.GetValueOrDefault(RelayedFor, "") }, assumes | evaluates);
    }

    private static bool IsKey(string key) => key is Source or Target or Service or RelayedFor or AssumeYes or JustEvaluate;

    private static PolicyModes? Mode(Dictionary<string, string> values, string key, PolicyModes mode) => values.GetValueOrDefault(key) switch
    {
        null or "no" => PolicyModes.None,
        "yes" => mode,
        _ => null,
    };
}
