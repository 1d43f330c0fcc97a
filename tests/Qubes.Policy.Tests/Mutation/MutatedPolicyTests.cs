using System.Text;
using System.Text.Json;
using Qubes.Policy.Answers;
using Qubes.Policy.Evaluation;
using Qubes.Policy.Knowledge;
using Qubes.Policy.Loading;
using Qubes.Policy.Tests.Conformance;

namespace Qubes.Policy.Tests.Mutation;

public sealed class MutatedPolicyTests
{
    private static readonly PolicyDirectories Directories = new("/fixed", "/run", "/legacy");

    private static readonly string[] Pieces =
    [
        "!include include/one\n", "!include include/two\n", "\n!include 30-user.policy\n", "!include-dir more\n", "!include-dir .\n",
        "!include-service a.Svc * include/s\n", "!compat-4.0\n", "$include:include/s\n", "@dispvm:", "@dispvm:@tag:", "@tag:", "@default",
        "@anyvm", "uuid:", "*", "+", " target=", " default_target=@dispvm", " notify=", "\r", "\n", "\n\n", "\0", "\u2028", "\ufeff", "\u001c",
        " allow ", " ask ", " deny ", "a.Svc * @anyvm @anyvm ask default_target=@dispvm\n", "=", ",", "$", "#", "!", "../", "/",
    ];

    [Fact]
    public void A_spoilt_policy_is_refused_or_evaluated_and_nothing_worse()
    {
        var random = new Random(20261121);
        var mutator = new Mutator(random, Pieces);
        var seeds = Seeds().ToArray();
        var system = System();
        var (loaded, refused) = (0, 0);
        for (var i = 0; i < Mutations.Count / 2; i++)
        {
            var first = mutator.Mutate(seeds[random.Next(seeds.Length)]);
            var second = mutator.Mutate(seeds[random.Next(seeds.Length)]);
            Mutations.Survive(
                () =>
                {
                    refused++;
                    var policy = PolicyLoader.Load(Directories, Files(first, second));
                    loaded++;
                    Evaluate(policy, system);
                },
                e => e is PolicyLoadException,
                () => Convert.ToBase64String(first) + "\n" + Convert.ToBase64String(second));
        }
        // Were all refused, nothing would have been evaluated.
        Assert.True(loaded > Mutations.Count / 100, $"only {loaded} of {refused} were policies still");
    }

    private static void Evaluate(LoadedPolicy policy, SystemInfo system)
    {
        foreach (var (source, target) in ((string, string)[])[("desk", ""), ("desk", "vault"), ("solo", "@dispvm"), ("vault", "@dispvm:dz-dvm"), ("dom0", "home")])
        {
            var call = new PolicyCall(source, "a.Svc+x", target);
            var decision = policy.Decide(call, system);
            var answer = decision is AskedDecision asked ? "allow:" + asked.Targets[0] : null;
            var outcome = Settlement.Settle(decision, call, system, answer);
            // The reply's reader takes it line by line.
            Assert.DoesNotContain(ReplyText.Lines(outcome, PolicyModes.None), line => line.Any(c => c is '\n' or '\r' or '\0'));
        }
    }

    private static MemoryPolicyFiles Files(byte[] first, byte[] second)
    {
        var files = new MemoryPolicyFiles();
        files.AddDirectory("/run");
        files.Add("/fixed/30-user.policy", first);
        files.Add("/fixed/include/one", second);
        files.Add("/fixed/include/two", "!include include/one\na.Svc * * * ask\n!include include/one"u8.ToArray());
        files.Add("/fixed/include/s", second);
        files.Add("/fixed/more/50-a.policy", second);
        files.Add("/fixed/more/60-b.policy", "a.Svc * @anyvm @dispvm:dz-dvm allow\n"u8.ToArray());
        files.Add("/legacy/a.Svc+x", second);
        return files;
    }

    private static IEnumerable<byte[]> Seeds()
    {
        using var document = JsonDocument.Parse(RecordedCases.Bytes);
        foreach (var one in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            foreach (var file in one.GetProperty("files").EnumerateObject().Where(f => f.Value.ValueKind == JsonValueKind.Array))
                yield return Encoding.UTF8.GetBytes(string.Concat(file.Value.EnumerateArray().Select(line => line.GetString() + "\n")));
        }
    }

    private static SystemInfo System()
    {
        using var document = JsonDocument.Parse(RecordedCases.Bytes);
        var defaults = document.RootElement.GetProperty("domain_defaults");
        return new(document.RootElement.GetProperty("systems").GetProperty("main").EnumerateObject()
            .Select(q => SystemQube.Read(q.Name, q.Value, defaults)));
    }
}
