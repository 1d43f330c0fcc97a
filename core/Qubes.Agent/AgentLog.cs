using System.Text;
using Qubes.Agent.Native;

namespace Qubes.Agent;

/// <summary>Short lines on the kernel's log, which the host reads on the console; standard error where there is none.</summary>
internal static class AgentLog
{
    private const int LongestLine = 900;
    private static int target = 2;

    /// <summary>From now on, write to the kernel's log.</summary>
    public static void UseKernelLog() => target = Descriptors.Open("/dev/kmsg", Descriptors.WriteOnly);

    /// <summary>Writes a line; control characters are escaped.</summary>
    public static void Write(string text)
    {
        var line = new StringBuilder("qubes-agent: ");
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, LongestLine)))
            _ = char.IsControl(c) ? line.Append($"\\x{(int)c:x2}") : line.Append(c);
        // A log that cannot be written is no reason to stop, and there is nobody to tell.
        _ = Descriptors.Write(target, Encoding.UTF8.GetBytes(line.Append('\n').ToString()));
    }
}
