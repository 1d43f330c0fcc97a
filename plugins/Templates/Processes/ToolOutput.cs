using System.Text;

namespace Qubes.Plugins.Templates.Processes;

/// <summary>Cuts a program's output into lines (also at carriage returns, which progress displays end with) of bounded length.</summary>
internal static class ToolOutput
{
    /// <summary>Characters of a line that are kept; the rest of it is dropped.</summary>
    public const int LongestLine = 4096;

    /// <summary>Reads to the end; empty lines are left out.</summary>
    public static async Task ReadAsync(TextReader reader, Action<string> line)
    {
        var buffer = new char[4096];
        var current = new StringBuilder();
        int count;
        while ((count = await reader.ReadAsync(buffer)) > 0)
        {
            for (var i = 0; i < count; i++)
            {
                if (buffer[i] is '\n' or '\r')
                    Emit(current, line);
                else if (current.Length < LongestLine)
                    current.Append(buffer[i]);
            }
        }
        Emit(current, line);
    }

    private static void Emit(StringBuilder current, Action<string> line)
    {
        if (current.Length > 0)
            line(current.ToString());
        current.Clear();
    }
}
