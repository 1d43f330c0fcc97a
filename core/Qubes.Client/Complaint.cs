using System.Text;
using Qubes.Client.Native;

namespace Qubes.Client;

/// <summary>What goes wrong is told on standard error.</summary>
internal static class Complaint
{
    private const int Error = 2;

    /// <summary>Writes a line.</summary>
    public static void Write(string text) => _ = Descriptors.Write(Error, Encoding.UTF8.GetBytes(text + "\n"));
}
