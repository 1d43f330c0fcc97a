using System.Text;

namespace Qubes.Testbed;

/// <summary>What a program that has ended left.</summary>
public sealed record RunResult(int ExitCode, byte[] Output, string Error)
{
    public string Text => Encoding.UTF8.GetString(Output);

    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>This result, if the program succeeded.</summary>
    public RunResult Succeeded()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}: {Error}");
        return this;
    }

    /// <summary>This result, if it is a refusal as users are to see it: exit code 1, one line, no stack trace.</summary>
    public RunResult RefusedWith(string part)
    {
        Assert.Equal(1, ExitCode);
        var line = Assert.Single(ErrorLines);
        Assert.Contains(part, line, StringComparison.OrdinalIgnoreCase);
        return this;
    }
}
