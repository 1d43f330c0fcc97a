using Mono.Cecil;

namespace Qubes.Kernel.Scripts.Compiling;

/// <summary>
/// What a script cannot use, because what it does there would go on after the script's end, or could not be ended: threads and timers of its
/// own, processes, the end of this process, native code, reflection. It is no sandbox: a script is the administrator's code.
/// </summary>
internal static class ForbiddenUses
{
    private static readonly HashSet<string> Types =
    [
        "System.Threading.Thread", "System.Threading.ThreadPool", "System.Threading.Timer", "System.Threading.PeriodicTimer", "System.Timers.Timer",
        "System.Threading.Tasks.Parallel", "System.Threading.Tasks.TaskFactory", "System.Threading.AutoResetEvent", "System.Threading.ManualResetEvent",
        "System.Threading.ControlledExecution", "System.Diagnostics.Process", "System.Activator", "System.AppDomain",
        "System.Runtime.InteropServices.Marshal", "System.Runtime.InteropServices.NativeLibrary", "System.Runtime.CompilerServices.Unsafe",
        "Qubes.Sdk.Scripting.ScriptGuard",
    ];

    private static readonly HashSet<string> Members =
    [
        "System.Environment.Exit", "System.Environment.FailFast", "System.Threading.Tasks.Task.Run", "System.Threading.Tasks.Task.Delay",
        "System.GC.AllocateUninitializedArray", "System.GC.AllocateArray", "System.Type.GetType", "System.Type.InvokeMember",
    ];

    private static readonly string[] Spaces = ["System.Reflection", "System.Runtime.Loader"];

    /// <exception cref="CompileException">It uses something of that.</exception>
    public static void Refuse(ModuleDefinition module, string path)
    {
        var types = module.GetTypeReferences().Where(t => Types.Contains(t.FullName) || Spaces.Any(s => IsWithin(t, s))).Select(t => t.FullName);
        var members = module.GetMemberReferences().Select(m => $"{m.DeclaringType?.FullName}.{m.Name}").Where(Members.Contains);
        var native = module.GetTypes().SelectMany(t => t.Methods).Where(m => m.IsPInvokeImpl).Select(m => $"the native method {m.Name}");
        var all = types.Concat(members).Concat(native).Distinct().Order(StringComparer.Ordinal).ToList();
        if (all.Count > 0)
            throw new CompileException([$"{path}:1:1: a script may not use {string.Join(", ", all)}"]);
    }

    // The compiler itself uses attributes of it.
    private static bool IsWithin(TypeReference type, string space) => !type.Name.EndsWith("Attribute", StringComparison.Ordinal)
        && (type.Namespace == space || type.Namespace.StartsWith(space + ".", StringComparison.Ordinal));
}
