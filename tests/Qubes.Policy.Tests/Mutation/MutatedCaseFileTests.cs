using System.Text.Json;
using System.Text.Json.Nodes;
using Qubes.Policy.Cases;
using Qubes.Policy.Knowledge;
using Qubes.Policy.Tests.Conformance;

namespace Qubes.Policy.Tests.Mutation;

public sealed class MutatedCaseFileTests
{
    private static readonly string[] Pieces =
    [
        "null", "[]", "{}", "\"\"", "\"\\ud800\"", "\\ud800", "{\"a\":", "[[[[", "\"expect\": null,", "\"patch\": {\"desk\": null},", "\"mode\": [],",
        "\"files\": {\"..\": []},", "\"runtime\": {\"30-user.policy\": null},", "1e999", "\0", "\u00ff", ",", ":", "\"", "}", "]",
    ];

    [Fact]
    public void A_spoilt_case_file_is_refused_or_run_and_nothing_worse()
    {
        var random = new Random(5112026);
        var mutator = new Mutator(random, Pieces);
        var seeds = Seeds().ToArray();
        for (var i = 0; i < Mutations.Count / 2; i++)
        {
            var bytes = mutator.Mutate(seeds[random.Next(seeds.Length)]);
            Mutations.Survive(
                () =>
                {
                    using var file = CaseFile.Parse(bytes);
                    foreach (var one in file.Cases)
                        one.Run();
                },
                e => e is SystemInfoException,
                () => Convert.ToBase64String(bytes));
        }
    }

    // Small files, so that most of what is spoilt matters: a case each, with the qubes it names.
    private static IEnumerable<byte[]> Seeds()
    {
        var all = JsonNode.Parse(RecordedCases.Bytes)!;
        foreach (var one in all["cases"]!.AsArray())
        {
            var system = one!["system"]!.GetValue<string>();
            yield return JsonSerializer.SerializeToUtf8Bytes(new JsonObject
            {
                ["format"] = "qrexec-policy-cases/1",
                ["domain_defaults"] = all["domain_defaults"]!.DeepClone(),
                ["systems"] = new JsonObject { [system] = all["systems"]![system]!.DeepClone() },
                ["cases"] = new JsonArray(one.DeepClone()),
            });
        }
    }
}
