using System.Text;
using System.Text.Json;
using Qubes.Policy.Answers;
using Qubes.Policy.Evaluation;
using Qubes.Policy.Knowledge;
using Qubes.Policy.Loading;

namespace Qubes.Policy.Cases;

/// <summary>One conformance case: a policy, a system, a call, and what must come of it (spec: policy, section 11).</summary>
public sealed class ConformanceCase
{
    private static readonly PolicyDirectories Directories = new("/fixed", "/run", "/legacy");

    private readonly JsonElement value;
    private readonly JsonElement systems;
    private readonly JsonElement defaults;

    internal ConformanceCase(JsonElement value, JsonElement systems, JsonElement defaults)
    {
        this.value = value;
        this.systems = systems;
        this.defaults = defaults;
        Id = Text("id") ?? throw new SystemInfoException("a case has no id");
    }

    /// <summary>Its identifier.</summary>
    public string Id { get; }

    /// <summary>Runs it.</summary>
    /// <returns>A line for each member of <c>expect</c> that came out otherwise; none if all is equal.</returns>
    /// <exception cref="SystemInfoException">The case is malformed.</exception>
    public IReadOnlyList<string> Run()
    {
        JsonElement expected = Member("expect") ?? throw new SystemInfoException($"{Id} expects nothing");
        using JsonDocument found = JsonDocument.Parse(Evaluate());
        List<string> differences = [];
        foreach (JsonProperty member in JsonReading.Members(expected, $"expect of {Id}"))
        {
            bool isThere = found.RootElement.TryGetProperty(member.Name, out JsonElement came);
            // No location is given for a mistake that the reference implementation reports none for: any will do.
            bool isFree = member.Name == "at" && member.Value.ValueKind == JsonValueKind.Null;
            if (!isFree && (!isThere || !JsonElement.DeepEquals(member.Value, came)))
                differences.Add($"{member.Name}: expected {member.Value.GetRawText()}, got {(isThere ? came.GetRawText() : "nothing")}");
        }
        return differences;
    }

    private ReadOnlyMemory<byte> Evaluate()
    {
        PolicyModes modes = PolicyModes.None;
        foreach (string mode in Member("mode") is { } named ? JsonReading.Texts(named, "mode") : [])
        {
            modes |= mode switch
            {
                "just-evaluate" => PolicyModes.JustEvaluate,
                "assume-yes" => PolicyModes.AssumeYes,
                _ => throw new SystemInfoException($"{Id} has an unknown mode"),
            };
        }
        SystemInfo system = System();
        PolicyCall call = new(Text("from") ?? "", Text("call") ?? "", Text("to") ?? "") { RelayedFor = Text("relayed_for") ?? "" };
        LoadedPolicy policy;
        try
        {
            policy = PolicyLoader.Load(Directories, Files());
        }
        catch (PolicyLoadException e)
        {
            return CaseResult.OfLoadError(e.Line is { } line ? $"{Shorten(e.File)}:{line}" : null, modes);
        }
        PolicyDecision decision = policy.Decide(call, system);
        // Whoever has no GUI qube cannot be asked.
        bool canAsk = decision is AskedDecision asked && system.TryFind(asked.Source, out IPolicyQube? source) && source.GuiVm is not null;
        PolicyOutcome outcome = Settlement.Settle(decision, call, system, canAsk ? Text("answer") ?? "deny" : null, modes);
        return CaseResult.Of(decision, decision.Rule is { } rule ? Shorten(rule.Location.ToString()) : null, outcome, modes);
    }

    private SystemInfo System()
    {
        JsonElement qubes = Text("system") is { } name && JsonReading.Member(systems, name, "systems") is { } named
            ? named
            : throw new SystemInfoException($"{Id} names no system");
        JsonElement? patch = Member("patch");
        List<SystemQube> all = [];
        foreach (JsonProperty qube in JsonReading.Members(qubes, "the system"))
        {
            if (patch is not { } changes || changes.ValueKind != JsonValueKind.Object || !changes.TryGetProperty(qube.Name, out JsonElement change))
                all.Add(SystemQube.Read(qube.Name, qube.Value, defaults));
            else if (change.ValueKind != JsonValueKind.Null)
                all.Add(SystemQube.Read(qube.Name, change, qube.Value, defaults));
        }
        foreach (JsonProperty added in patch is { } more ? JsonReading.Members(more, "patch") : [])
        {
            if (added.Value.ValueKind == JsonValueKind.Object && !qubes.TryGetProperty(added.Name, out _))
                all.Add(SystemQube.Read(added.Name, added.Value, defaults));
        }
        return new(all);
    }

    private MemoryPolicyFiles Files()
    {
        MemoryPolicyFiles files = new();
        foreach (var (member, directory) in
            ((string, string)[])[("files", Directories.Fixed), ("runtime", Directories.Runtime), ("legacy", Directories.Legacy)])
        {
            files.AddDirectory(directory);
            foreach (JsonProperty file in Member(member) is { } given ? JsonReading.Members(given, member) : [])
            {
                string path = $"{directory}/{file.Name}";
                switch (file.Value.ValueKind)
                {
                    case JsonValueKind.Null:
                        files.AddDirectory(path);
                        break;
                    case JsonValueKind.String:
                        files.Add(path, Encoding.UTF8.GetBytes(JsonReading.Text(file.Value, file.Name)!));
                        break;
                    default:
                        files.Add(path, Encoding.UTF8.GetBytes(string.Concat(JsonReading.Texts(file.Value, file.Name).Select(line => line + "\n"))));
                        break;
                }
            }
        }
        return files;
    }

    private static string Shorten(string path) => path.StartsAs(Directories.Fixed + "/") ? path[(Directories.Fixed.Length + 1)..] : path[1..];

    private JsonElement? Member(string name) => JsonReading.Member(value, name, "a case");

    private string? Text(string name) => Member(name) is { } member ? JsonReading.Text(member, name) : null;
}
