# Both images as archives, without a daemon and without pulling a base: docs/images.md.
IMAGES := $(WORK)/images
# 1: ship an AOT cache in the operator's image (half the start time, 14 MB more); 0: do not.
AOT ?= 1
OPERATOR_IMAGE := $(ROOT)/operator/target/image.tar
TRAINER_IMAGE := $(ROOT)/trainer-image/target/image.tar
JIB := $(MVN) -q -am -Dmaven.test.skip=true
# Folders are among the files, so that a deleted file counts as a change.
image-sources = $(shell find $(addprefix $(ROOT)/,crds/src/main $(1)/src/main) $(ROOT)/images/TrainAot.java) $(addprefix $(ROOT)/,pom.xml crds/pom.xml $(1)/pom.xml)

.PHONY: images images-test base-lock

images: $(OPERATOR_IMAGE) $(TRAINER_IMAGE) ## build the operator's and the trainer's image as archives (AOT=0 skips the AOT cache)

$(OPERATOR_IMAGE): $(call image-sources,operator) $(IMAGES)/base.tar $(IMAGES)/aot-$(AOT)
	$(JIB) -pl operator $(if $(filter 1,$(AOT)),-Paot) package jib:buildTar

# So that another AOT= counts as a change.
$(IMAGES)/aot-%:
	mkdir -p $(@D)
	rm -f $(@D)/aot-*
	touch $@

# After the operator's: both builds compile crds/.
$(TRAINER_IMAGE): $(call image-sources,trainer-image) $(IMAGES)/base.tar | $(OPERATOR_IMAGE)
	$(JIB) -pl trainer-image -Pimage package jib:buildTar

images-test: images ## look into the archives: user, files, certificates, start
	$(MVN) -q -pl e2e -am verify -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=ImageIT -Dfailsafe.failIfNoSpecifiedTests=false

base-lock: ## pin the Debian packages of the base image to what apt has today
	$(ROOT)/images/base/lock.sh $(ROOT)/images/base/debian.lock > $(IMAGES)/debian.lock
	diff $(ROOT)/images/base/debian.lock $(IMAGES)/debian.lock || cp $(IMAGES)/debian.lock $(ROOT)/images/base/debian.lock

$(IMAGES)/%.tar: export SOURCE_DATE_EPOCH := 1735689600

$(IMAGES)/os.tar: $(addprefix $(ROOT)/images/base/,os-layer.sh debian.lock)
	mkdir -p $(@D)
	$(ROOT)/images/base/os-layer.sh $(ROOT)/images/base/debian.lock $(IMAGES)/debs $@

$(IMAGES)/jre.tar: $(addprefix $(ROOT)/images/base/,jre-layer.sh TrustStore.java) $(IMAGES)/os.tar
	$(ROOT)/images/base/jre-layer.sh $$($(ROOT)/tools/find-jdk) $(IMAGES)/os.tar $(IMAGES)/jre $@

$(IMAGES)/base.tar: $(ROOT)/images/base/docker-archive.sh $(IMAGES)/os.tar $(IMAGES)/jre.tar
	$(ROOT)/images/base/docker-archive.sh $@ $(IMAGES)/os.tar $(IMAGES)/jre.tar
