namespace Qubes.Tools.Tests.Bench;

/// <summary>What a run of a tool gave.</summary>
internal sealed record ToolResult(int Code, string Output, string Error)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
