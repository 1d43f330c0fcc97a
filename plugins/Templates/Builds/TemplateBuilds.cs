using Microsoft.Extensions.Logging;
using Qubes.Plugins.Templates.Caching;
using Qubes.Plugins.Templates.Images;
using Qubes.Plugins.Templates.Processes;
using Qubes.Plugins.Templates.Recipes;
using Qubes.Plugins.Templates.Registration;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Templates.Builds;

/// <summary>
/// Runs builds from request to registered template. A build that ends early, for whatever reason, leaves nothing but its
/// log and finished parts in the cache. Called on the kernel loop.
/// </summary>
internal sealed class TemplateBuilds(
    RecipeCatalog recipes, OfferedServices offered, ImageBuilder images, ImportFolder imports, TemplateRegistrar registrar,
    CacheFolders folders, QubesPaths paths, TimeProvider time, ILogger<TemplateBuilds> logger)
{
    /// <summary>Builds and registers; returns the names of template and disposable template, the second perhaps empty.</summary>
    /// <exception cref="QubesException">It failed or was refused; the message names the step and the log.</exception>
    public async Task<(string Template, string Disposable)> RunAsync(BuildRequest request, BuildProgress progress, CancellationToken cancel)
    {
        var recipe = await Task.Run(() => recipes.Find(request.Recipe), cancel);
        var name = request.TemplateName(recipe);
        registrar.Check(name, request);
        var services = offered.Find(recipe);

        var began = time.GetTimestamp();
        using var log = BuildLog.Open(paths, name);
        try
        {
            using var prepared = await Task.Run(() => PrepareAsync(recipe, request, services, progress, log, cancel), cancel);
            progress.Report(BuildStep.Register, 0, name);
            var result = await registrar.RegisterAsync(name, recipe, request, prepared, cancel);
            Log.Built(logger, name, recipe.Name, prepared.Key, time.GetElapsedTime(began).TotalSeconds);
            return result;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            Log.Cancelled(logger, name, progress.Step.Word());
            throw;
        }
        catch (Exception e) when (e is ToolFailedException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Log.Failed(logger, name, progress.Step.Word(), e);
            throw new QubesException(
                $"Building '{name}' failed in step '{progress.Step.Word()}': {Printable.Of(e.Message)}; see {log.Path}", e);
        }
    }

    private async Task<PreparedTemplate> PrepareAsync(
        Recipe recipe, BuildRequest request, IReadOnlyList<GuestService> services,
        BuildProgress progress, BuildLog log, CancellationToken cancel)
    {
        await using var work = WorkDirectory.Create(folders);
        var job = new BuildJob(recipe, request.Force, work, progress, log);
        using var built = await images.BuildAsync(job, services, cancel);
        progress.Report(BuildStep.Import, 0, "copying the image");
        return await imports.PrepareAsync(built, cancel);
    }
}
