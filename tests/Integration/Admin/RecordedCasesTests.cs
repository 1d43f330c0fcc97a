using System.Text.Json;
using System.Text.RegularExpressions;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Admin;

/// <summary>Calls and answers recorded from the reference daemon, one after the other on one daemon of ours.</summary>
public sealed partial class RecordedCasesTests
{
    [Fact]
    public async Task Every_recorded_call_is_answered_as_the_reference_does()
    {
        await using var daemon = await AdminSocket.StartDaemonAsync();
        await PrepareAsync(daemon);
        var wrong = new List<string>();
        int number = 0;
        foreach (string line in await File.ReadAllLinesAsync(Repository.Root + "/tests/Integration/Admin/recorded-cases.jsonl"))
        {
            number++;
            JsonElement recorded = JsonDocument.Parse(line).RootElement;
            var reply = await daemon.CallAsync(Text(recorded, "call"), Text(recorded, "dest"), Text(recorded, "payload"));
            string expected = recorded.TryGetProperty("ok", out JsonElement ok) ? "0|" + ok.GetString() : "2|" + Text(recorded, "exception");
            string actual = reply.Exception is { } refusal ? "2|" + refusal : reply.ToString();
            if (Comparable(Text(recorded, "call"), expected) != Comparable(Text(recorded, "call"), actual))
                wrong.Add($"{number}: {Text(recorded, "call")} on {Text(recorded, "dest")} '{Text(recorded, "payload")}'\n  expected {expected}\n  actual   {reply}");
        }
        Assert.Equal(91, number);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>The start state that the recording names.</summary>
    private static async Task PrepareAsync(Testbed.Daemon daemon)
    {
        await daemon.AddKernelAsync();
        _ = (await daemon.CallAsync("admin.property.Set+default_netvm")).Ok;
        _ = (await daemon.CallAsync("admin.vm.Create.TemplateVM", payload: "name=tmpl label=black")).Ok;
        _ = (await daemon.CallAsync("admin.property.Set+default_template", payload: "tmpl")).Ok;
        foreach (string name in new[] { "vm0", "vm1", "vm2", "vm3" })
        {
            _ = (await daemon.CallAsync("admin.vm.Create.AppVM+tmpl", payload: $"name={name} label=red")).Ok;
            _ = (await daemon.CallAsync("admin.vm.tag.Remove+created-by-dom0", name)).Ok;
        }
    }

    private static string Text(JsonElement of, string property) => of.GetProperty(property).GetString()!;

    /// <summary>What belongs to the recording host counts by its shape alone: how many digits or what text does not matter.</summary>
    private static string Comparable(string call, string answer)
    {
        answer = Uuids().Replace(answer, "UUID");
        answer = HostProperties().Replace(answer, "$1=VALUE");
        answer = VolumeFacts().Replace(answer, "$1=VALUE");
        if (call.EndsWith("property.Get+dispid", StringComparison.Ordinal))
            answer = Number().Replace(answer, "NUMBER");
        return call == "admin.property.GetAll" ? HostMemory().Replace(answer, "$1 NUMBER") : answer;
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Uuids();

    [GeneratedRegex(@"(?<=^|[|\n])((?:dispid|no_cpus|default_kernel|kernel) default=\w+ type=\w+) [^\n]+")]
    private static partial Regex HostProperties();

    [GeneratedRegex(@"(?<=^|[|\n])(maxmem default=True type=int) \d+")]
    private static partial Regex HostMemory();

    [GeneratedRegex(@"(?<=^|[|\n])(vid|path|size|usage)=[^\n]*")]
    private static partial Regex VolumeFacts();

    [GeneratedRegex(@"\d+$")]
    private static partial Regex Number();
}
