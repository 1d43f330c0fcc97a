using System.CommandLine;
using Qubes.Policy.Cases;
using Qubes.Policy.Knowledge;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Policy;

/// <summary><c>qubes-policy check-cases FILE</c>.</summary>
internal sealed class CheckCases() : AppletAction("check-cases", "Run conformance cases of the policy language (JSON, format qrexec-policy-cases/1).")
{
    private const int LongestFile = 64 << 20;
    private const int MostTold = 20;

    private readonly Argument<string> file = new("FILE") { Description = "The cases" };

    protected override void Describe(Command command) => command.Add(file);

    public override Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var path = line.GetValue(file)!;
        var (equal, other) = (0, 0);
        try
        {
            using var cases = CaseFile.Parse(PolicyFiles.Read(path, LongestFile));
            foreach (var one in cases.Cases)
            {
                var differences = one.Run();
                if (differences.Count == 0)
                    equal++;
                else if (++other <= MostTold)
                    session.Console.Out.WriteLine($"{SafeText.OneLine(one.Id)}: {SafeText.OneLine(string.Join("; ", differences))}");
            }
        }
        catch (SystemInfoException e)
        {
            throw new ToolException($"{path}: {e.Message}", cause: e);
        }
        session.Console.Out.WriteLine(other == 0 ? $"{equal} equal" : $"{equal} equal, {other} different");
        return Task.FromResult(other == 0 ? ExitCode.Success : ExitCode.Failure);
    }
}
