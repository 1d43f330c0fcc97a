using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Qubes.Policy.Evaluation;

namespace Qubes.Policy.Knowledge;

/// <summary>Qubes as they were at one moment.</summary>
public sealed class SystemInfo : IPolicySystem
{
    private readonly Dictionary<string, SystemQube> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SystemQube> byUuid = new(StringComparer.Ordinal);

    /// <param name="qubes">The last of a name counts.</param>
    public SystemInfo(IEnumerable<SystemQube> qubes)
    {
        foreach (SystemQube qube in qubes)
            byName[qube.Name] = qube;
        foreach (SystemQube qube in byName.Values)
            byUuid[PolicyWords.Uuid + qube.Uuid] = qube;
    }

    /// <inheritdoc/>
    public IEnumerable<IPolicyQube> Qubes => byName.Values;

    /// <summary>Reads the answer of <c>internal.GetSystemInfo</c>: <c>{"domains": {NAME: {…}, …}}</c>.</summary>
    /// <exception cref="SystemInfoException">It is something else.</exception>
    public static SystemInfo Parse(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = JsonReading.Parse(json, "system information");
        JsonElement domains = JsonReading.Member(document.RootElement, "domains", "system information")
            ?? throw new SystemInfoException("system information has no domains");
        return new(JsonReading.Members(domains, "domains").Select(domain => domain.Value.ValueKind == JsonValueKind.Object
            ? SystemQube.Read(domain.Name, domain.Value)
            : throw new SystemInfoException($"{domain.Name} is no object")));
    }

    /// <inheritdoc/>
    public bool TryFind(string nameOrUuid, [NotNullWhen(true)] out IPolicyQube? qube)
    {
        qube = byName.GetValueOrDefault(nameOrUuid) ?? byUuid.GetValueOrDefault(nameOrUuid);
        return qube is not null;
    }
}
