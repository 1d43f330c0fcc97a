namespace Qubes.Testbed;

/// <summary>Disposable templates whose disposables begin as copies of a frozen machine, and what tells a copy from one that booted.</summary>
public static class MemoryTemplates
{
    /// <summary>
    /// Run in a disposable, prints <c>qubes.name=disposable</c> in a copy, which has the frozen machine's command line, and the
    /// disposable's own name in one that booted.
    /// </summary>
    public const string BootedAs = "grep -o 'qubes.name=[^ ]*' /proc/cmdline";

    /// <summary>What <see cref="BootedAs"/> prints in a copy.</summary>
    public const string Copied = "qubes.name=disposable\n";

    /// <summary>Creates a disposable template on a template.</summary>
    public static async Task AddDisposableTemplateAsync(this Daemon daemon, string name, string template, params (string Feature, string Value)[] features)
    {
        (await daemon.RunAsync("qvm-create", "-C", "AppVM", "-t", template, "-l", "red", name)).Succeeded();
        (await daemon.RunAsync("qvm-prefs", name, "template_for_dispvms", "True")).Succeeded();
        foreach (var (feature, value) in features)
            (await daemon.RunAsync("qvm-features", name, feature, value)).Succeeded();
    }

    /// <summary>Freezes a machine of the disposable template; returns when copies are made of it.</summary>
    public static async Task FreezeAsync(this Daemon daemon, string disposableTemplate)
    {
        var answer = await daemon.TryFreezeAsync(disposableTemplate);
        Assert.True(answer == "0\0", $"{answer}: {daemon.Log()}");
    }

    /// <summary>The same; returns the Admin API's answer.</summary>
    public static Task<string> TryFreezeAsync(this Daemon daemon, string disposableTemplate) =>
        daemon.AskAsync("admin.memorytemplate.Build+wait", disposableTemplate);

    /// <summary>Whether a disposable of the template is a copy now.</summary>
    public static async Task<bool> IsCopiedAsync(this Daemon daemon, string disposableTemplate) =>
        (await daemon.RunAsync("qvm-run", "-p", "--dispvm=" + disposableTemplate, BootedAs)).Succeeded().Text == Copied;
}
