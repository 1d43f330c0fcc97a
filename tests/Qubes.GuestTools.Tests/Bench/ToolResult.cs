using System.Text;

namespace Qubes.GuestTools.Tests.Bench;

/// <summary>What came of a command.</summary>
internal sealed record ToolResult(int Status, byte[] Output, string Errors)
{
    public string Text => Encoding.UTF8.GetString(Output);
}
