using Qubes.Plugins.Templates.Builds;
using Qubes.Plugins.Templates.Images;
using Qubes.Plugins.Templates.Kernels;
using Qubes.Plugins.Templates.Recipes;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.Templates.Registration;

/// <summary>Enters built templates as qubes. On the kernel loop.</summary>
internal sealed class TemplateRegistrar(IQubes qubes, KernelFolders kernels, GuestFiles guest) : IDisposable
{
    /// <summary>The recipe that a template was made by.</summary>
    public const string RecipeFeature = "template-recipe";

    /// <summary>The key of the images that a template was made of.</summary>
    public const string BuildFeature = "template-build";

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Refuses what could not be entered, before anything is built.</summary>
    /// <exception cref="QubesException">A qube is in the way.</exception>
    public void Check(string name, BuildRequest request)
    {
        if (qubes.TryFind(name, out var template))
        {
            if (template.Class != QubeClass.TemplateVM)
                throw new QubeExistsException($"'{name}' is a {template.Class} already; a name that is free or a template's is accepted");
            if (!template.Features.ContainsKey(RecipeFeature) && !request.Force)
                throw new QubeExistsException($"The template '{name}' was not made by a recipe; 'force=yes' replaces its root volume");
            if (template.PowerState != PowerState.Halted)
                throw new QubeNotHaltedException($"The template '{name}' cannot be rebuilt while it runs; shut it down first");
        }
        if (request.WithDisposable && qubes.TryFind(name + BuildRequest.DisposableSuffix, out var disposable)
            && (disposable.Class != QubeClass.AppVM || disposable.Template?.Name != name))
        {
            throw new QubeExistsException(
                $"'{disposable.Name}' exists already and is not based on '{name}'; 'dvm=no' makes no disposable template");
        }
    }

    /// <summary>Makes or renews the template and its disposable template; returns their names, the second perhaps empty.</summary>
    public async Task<(string Template, string Disposable)> RegisterAsync(
        string name, Recipe recipe, BuildRequest request, PreparedTemplate prepared, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            Check(name, request);
            var template = qubes.TryFind(name, out var known)
                ? await RenewAsync(known, request, prepared, cancel)
                : await CreateAsync(name, recipe, prepared, cancel);
            TemplateFeatures.Announce(template, recipe, guest.StandardServices, prepared.Key);
            var disposable = request.WithDisposable ? await DisposableAsync(template, prepared, cancel) : null;
            SetDefaults(template, disposable, prepared.Kernel);
            RemoveOldKernels();
            return (template.Name, disposable?.Name ?? "");
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<IQube> CreateAsync(string name, Recipe recipe, PreparedTemplate prepared, CancellationToken cancel)
    {
        var template = await qubes.CreateAsync(new QubeRequest(QubeClass.TemplateVM, name, "black"), cancel);
        return await OrRemoveAsync(template, async () =>
        {
            await ImportAsync(template, "root", prepared.RootImage, cancel);
            template.Properties.Set(QubeProperties.Kernel, prepared.Kernel);
            template.Properties.Set(QubeProperties.Memory, recipe.Memory);
            template.Properties.Set(QubeProperties.DefaultUser, recipe.User);
        });
    }

    private async Task<IQube> RenewAsync(IQube template, BuildRequest request, PreparedTemplate prepared, CancellationToken cancel)
    {
        if (request.Force || template.Features.GetValueOrDefault(BuildFeature) != prepared.Key)
            await ImportAsync(template, "root", prepared.RootImage, cancel);
        // The modules that the image's agent loads belong to its kernel; one that somebody chose stays.
        var kernel = template.Properties.Get(QubeProperties.Kernel) ?? "";
        if (kernel != prepared.Kernel && kernels.IsOurs(kernel))
        {
            template.Properties.Set(QubeProperties.Kernel, prepared.Kernel);
            if (qubes.System.Get(SystemProperties.DefaultKernel) == kernel)
                qubes.System.Set(SystemProperties.DefaultKernel, prepared.Kernel);
        }
        return template;
    }

    private async Task<IQube> DisposableAsync(IQube template, PreparedTemplate prepared, CancellationToken cancel)
    {
        if (qubes.TryFind(template.Name + BuildRequest.DisposableSuffix, out var known))
            return known;
        var request = new QubeRequest(QubeClass.AppVM, template.Name + BuildRequest.DisposableSuffix, "red") { Template = template };
        var disposable = await qubes.CreateAsync(request, cancel);
        return await OrRemoveAsync(disposable, async () =>
        {
            if (prepared.PrivateImage is { } image)
                await ImportAsync(disposable, "private", image, cancel);
            disposable.Properties.Set(QubeProperties.TemplateForDispvms, true);
            // What opens hostile files reaches no network and starts no further disposables, unless somebody says so.
            disposable.Properties.Set(QubeProperties.Netvm, null);
            disposable.Properties.Set(QubeProperties.DefaultDispvm, null);
        });
    }

    private async Task ImportAsync(IQube qube, string volumeName, string image, CancellationToken cancel)
    {
        var volume = qube.Volumes.FirstOrDefault(v => v.Name == volumeName)
            ?? throw new StorageException($"The qube '{qube.Name}' has no volume '{volumeName}'");
        var size = new FileInfo(image).Length;
        await volume.Pool.ImportAsync(volume, image, cancel);
        foreach (var same in qubes.SelectMany(q => q.Volumes).Where(v => IsOrComesFrom(v, volume)))
            same.Size = size;
    }

    private static bool IsOrComesFrom(Volume? volume, Volume origin)
    {
        while (volume is not null && volume != origin)
            volume = volume.Source;
        return volume == origin;
    }

    private async Task<IQube> OrRemoveAsync(IQube qube, Func<Task> finish)
    {
        try
        {
            await finish();
            return qube;
        }
        catch
        {
            await qubes.RemoveAsync(qube, CancellationToken.None);
            throw;
        }
    }

    private void SetDefaults(IQube template, IQube? disposable, string kernel)
    {
        if (string.IsNullOrEmpty(qubes.System.Get(SystemProperties.DefaultKernel)))
            qubes.System.Set(SystemProperties.DefaultKernel, kernel);
        if (qubes.System.Get(SystemProperties.DefaultTemplate) is null)
            qubes.System.Set(SystemProperties.DefaultTemplate, template);
        if (disposable is not null && qubes.System.Get(SystemProperties.DefaultDispvm) is null)
            qubes.System.Set(SystemProperties.DefaultDispvm, disposable);
    }

    // A machine that runs may have been started with any of them, and its copies are.
    private void RemoveOldKernels()
    {
        var machines = qubes.Where(q => q.Class != QubeClass.AdminVM).ToList();
        if (machines.Exists(q => q.PowerState != PowerState.Halted))
            return;
        var used = machines.Select(q => q.Properties.Get(QubeProperties.Kernel)).Append(qubes.System.Get(SystemProperties.DefaultKernel));
        kernels.Prune(used.OfType<string>().ToHashSet(StringComparer.Ordinal));
    }
}
