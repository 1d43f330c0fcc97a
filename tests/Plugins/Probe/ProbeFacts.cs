using System.Globalization;
using System.Resources;
using System.Runtime.InteropServices;
using Qubes.TestPlugins.Private;

namespace Qubes.TestPlugins.Probe;

/// <summary>What the plugin finds out about how it was loaded.</summary>
public static partial class ProbeFacts
{
    /// <summary>The version of the plugin's assembly.</summary>
    public static string Version => typeof(ProbeFacts).Assembly.GetName().Version!.ToString(3);

    /// <summary>The version of the private library.</summary>
    public static string Library => PrivateLibrary.Version;

    /// <summary>A text from the German satellite.</summary>
    public static string Greeting => new ResourceManager("Qubes.TestPlugins.Probe.Texts", typeof(ProbeFacts).Assembly)
        .GetString("Greeting", CultureInfo.GetCultureInfo("de"))!;

    /// <summary>The process's id, from a native library in the plugin's folder.</summary>
    public static int ProcessId => NativeProcessId();

    [LibraryImport("probe", EntryPoint = "SystemNative_GetPid")]
    private static partial int NativeProcessId();
}
